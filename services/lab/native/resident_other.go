//go:build !linux

package native

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// Resident returns how many bytes of memory the process holds.
func (p *Process) Resident() (int64, error) {
	text, err := exec.Command("ps", "-o", "rss=", "-p", strconv.Itoa(p.pid())).Output()
	if err != nil {
		return 0, fmt.Errorf("ask ps for the memory of %s: %w", p.Name, err)
	}
	kb, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return kb * 1024, err
}
