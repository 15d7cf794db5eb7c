package native

import (
	"os"
	"os/exec"
	"syscall"
)

// apart shields the process from the terminal's Ctrl-C, so that the lab decides in which order programs stop. If the lab is
// killed, the kernel stops the process.
//
// Pdeathsig refers to the thread that started the process, not to the program. Go ends a thread only if a goroutine exits
// while locked to it, which happens nowhere in the lab.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
