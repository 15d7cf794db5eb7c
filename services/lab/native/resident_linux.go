package native

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Resident returns how many bytes of memory the process holds.
func (p *Process) Resident() (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.pid()))
	if err != nil {
		return 0, err
	}
	// The second number is the resident set, in pages: proc_pid_statm(5).
	f := strings.Fields(string(text))
	if len(f) < 2 {
		return 0, fmt.Errorf("the memory of %s cannot be read from %q", p.Name, text)
	}
	pages, err := strconv.ParseInt(f[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}
