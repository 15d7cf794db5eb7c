package native

import (
	"os"
	"os/exec"
	"syscall"
)

// apart keeps the terminal's Ctrl-C from the process, so that the lab alone decides in which order things stop.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// terminate kills: Windows has no signal that asks a process to end.
func terminate(p *os.Process) error { return p.Kill() }
