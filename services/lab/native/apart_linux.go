package native

import (
	"os"
	"os/exec"
	"syscall"
)

// apart keeps the terminal's Ctrl-C from the process, so that the lab alone decides in which order things stop,
// and has the kernel stop it should the lab be killed.
//
// Pdeathsig counts the death of the thread that started the process, not of the program; Go ends a thread only under
// a goroutine that exits while locked to it, and the lab has none.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
