package bench

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/mem"
)

// A Figure is one measurement, with its target.
type Figure struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Target string  `json:"target,omitempty"` // for people; empty if there is none
	Met    bool    `json:"met"`
}

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

// Markdown returns the figures as a table for a README, in which missed targets are marked.
func Markdown(m Machine, figures []Figure) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s.\n\n| what | target | measured |\n| --- | --- | --- |\n", m)
	for _, f := range figures {
		missed := ""
		if !f.Met {
			missed = " **missed**"
		}
		fmt.Fprintf(&b, "| %s | %s | %s %s%s |\n", f.Name, f.Target, number(f.Value), f.Unit, missed)
	}
	return b.String()
}

// number formats whole numbers with commas, others with one digit after the point, and small ones with two.
func number(v float64) string {
	switch {
	case v == float64(int64(v)):
		return humanize.Comma(int64(v))
	case v < 10:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}
