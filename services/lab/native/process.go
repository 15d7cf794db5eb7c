package native

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"
	"time"
)

// A Process is a program that runs, or ran.
type Process struct {
	Program
	cmd   *exec.Cmd
	last  *tail
	told  atomic.Bool   // it was told to end, so that its end is no surprise
	ended chan struct{} // closed when it has
	err   error         // how it ended; read it only then
}

// launch starts a program whose output goes to out.
func launch(p Program, out io.Writer) (*Process, error) {
	run := &Process{Program: p, last: new(tail), ended: make(chan struct{})}
	run.cmd = exec.Command(p.Path, p.Args...)
	run.cmd.Dir, run.cmd.Env = p.Dir, p.Env
	both := io.MultiWriter(run.last, out)
	run.cmd.Stdout, run.cmd.Stderr = both, both
	run.cmd.WaitDelay = 2 * time.Second // for output that a child of its own still holds open
	apart(run.cmd)
	if err := run.cmd.Start(); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%s cannot be started, its program %s is missing", p.Name, p.Path)
		}
		return nil, fmt.Errorf("%s cannot be started: %w", p.Name, err)
	}
	go func() {
		run.err = run.cmd.Wait()
		close(run.ended)
	}()
	return run, nil
}

// gone reports whether the process has ended.
func (p *Process) gone() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// pid returns the process's number.
func (p *Process) pid() int { return p.cmd.Process.Pid }

// Stop tells the process to finish what it is doing and end, and waits. When ctx is done first it is killed, and
// that is an error, as is an end with a status other than 0.
func (p *Process) Stop(ctx context.Context) error {
	p.told.Store(true)
	if err := terminate(p.cmd.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop %s: %w", p.Name, err)
	}
	select {
	case <-p.ended:
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("%s did not stop in time and was killed", p.Name), p.Kill())
	}
	if p.err != nil {
		return fmt.Errorf("%s did not end well: %w", p.Name, p.err)
	}
	return nil
}

// Kill ends the process at once, as kill -9 does, and waits until it is gone.
func (p *Process) Kill() error {
	p.told.Store(true)
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill %s: %w", p.Name, err)
	}
	<-p.ended
	return nil
}

// death describes how a process ended that nobody told to.
func (p *Process) death() error {
	how := "status 0"
	if p.err != nil {
		how = p.err.Error()
	}
	return fmt.Errorf("%s ended by itself (%s); its last lines:\n%s", p.Name, how, p.last)
}
