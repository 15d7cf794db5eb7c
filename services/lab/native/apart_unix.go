//go:build unix && !linux

package native

import (
	"os"
	"os/exec"
	"syscall"
)

// apart shields the process from the terminal's Ctrl-C, so that the lab decides in which order programs stop.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
