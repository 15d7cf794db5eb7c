package bench

import (
	"fmt"
	"runtime"
	"time"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/mem"
)

// A Machine is what the figures were measured on: without it they mean little.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory int64  `json:"memory_bytes,omitempty"` // 0 if unknown
	System string `json:"system"`
	Go     string `json:"go"`
	Date   string `json:"date"` // YYYY-MM-DD
}

// Here describes this machine.
func Here() Machine {
	m := Machine{
		CPU: "unknown CPU", Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH,
		Go: runtime.Version(), Date: time.Now().UTC().Format(time.DateOnly),
	}
	if cpus, err := cpu.Info(); err == nil && len(cpus) > 0 && cpus[0].ModelName != "" {
		m.CPU = cpus[0].ModelName
	}
	if memory, err := mem.VirtualMemory(); err == nil {
		m.Memory = int64(memory.Total)
	}
	return m
}

// String describes the machine in one line.
func (m Machine) String() string {
	memory := ""
	if m.Memory > 0 {
		memory = fmt.Sprintf("%.0f GB, ", float64(m.Memory)/1e9)
	}
	return fmt.Sprintf("%s, %d cores, %s%s, %s, %s", m.CPU, m.Cores, memory, m.System, m.Go, m.Date)
}
