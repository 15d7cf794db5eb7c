//go:build unix && !linux

package native

import (
	"os"
	"os/exec"
	"syscall"
)

// apart keeps the terminal's Ctrl-C from the process, so that the lab alone decides in which order things stop.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
