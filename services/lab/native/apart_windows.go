package native

import (
	"os"
	"os/exec"
	"syscall"
)

// apart shields the process from the terminal's Ctrl-C, so that the lab decides in which order programs stop.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// terminate kills the process: Windows has no signal that asks a process to end.
func terminate(p *os.Process) error { return p.Kill() }
