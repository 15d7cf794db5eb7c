package bench

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// A Machine is what the figures were measured on: without it they mean little.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory int64  `json:"memory_bytes,omitempty"` // 0 if it cannot be found out
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
	if model := field("/proc/cpuinfo", "model name"); model != "" {
		m.CPU = model
	}
	kb, _, _ := strings.Cut(field("/proc/meminfo", "MemTotal"), " ")
	if n, err := strconv.ParseInt(kb, 10, 64); err == nil {
		m.Memory = n * 1024
	}
	return m
}

// field returns the first value of that name in a file of "name: value" lines; "" if there is none, as on systems
// without /proc.
func field(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// String is one line for people.
func (m Machine) String() string {
	memory := ""
	if m.Memory > 0 {
		memory = fmt.Sprintf("%.0f GB, ", float64(m.Memory)/1e9)
	}
	return fmt.Sprintf("%s, %d cores, %s%s, %s, %s", m.CPU, m.Cores, memory, m.System, m.Go, m.Date)
}
