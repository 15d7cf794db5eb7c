//go:build linux

// Package process runs programs in the background of a test.
package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A Process is a program that was started.
type Process struct {
	command *exec.Cmd
	log     string
	Ended   chan struct{} // closed when it has ended
}

// Start starts a program in the folder of its log, to which its output goes, with env in addition to the environment. The kernel
// ends it if this program is killed.
func Start(program, log string, env []string, args ...string) (*Process, error) {
	file, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	p := &Process{command: exec.Command(program, args...), log: log, Ended: make(chan struct{})}
	p.command.Dir, p.command.Env = filepath.Dir(log), append(os.Environ(), env...)
	p.command.Stdout, p.command.Stderr = file, file
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.command.Wait() // why it ended is in its log
		close(p.Ended)
	}()
	return p, nil
}

// Stop asks the program to end, and kills it if it does not.
func (p *Process) Stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.Ended:
	case <-time.After(10 * time.Second):
		_ = p.command.Process.Kill()
		<-p.Ended
	}
}

// LastLines returns the end of the program's log.
func (p *Process) LastLines() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "\n")
}
