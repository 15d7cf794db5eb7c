package native

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// A Process is a program that is running or has exited.
type Process struct {
	Program
	cmd   *exec.Cmd
	last  *tail
	asked atomic.Bool   // to stop: its exit is expected
	ended chan struct{} // closed when the process has exited
	err   error         // of the exit; valid once ended is closed
}

// launch starts a program, with those variables in addition to its own. Its output goes to out.
func launch(p Program, out io.Writer, env ...string) (*Process, error) {
	run := &Process{Program: p, last: &tail{program: p.Name}, ended: make(chan struct{})}
	line := slices.Concat(p.Enter, []string{p.Path}, p.Args)
	run.cmd = exec.Command(line[0], line[1:]...)
	run.cmd.Dir, run.cmd.Env = p.Dir, slices.Concat(p.Env, env)
	both := io.MultiWriter(run.last, out)
	run.cmd.Stdout, run.cmd.Stderr = both, both
	run.cmd.WaitDelay = 2 * time.Second // if a child of the process keeps its output open
	apart(run.cmd)
	if err := run.cmd.Start(); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("cannot start %s: its program %s is missing", p.Name, p.Path)
		}
		return nil, fmt.Errorf("cannot start %s: %w", p.Name, err)
	}
	go func() {
		run.err = run.cmd.Wait()
		close(run.ended)
	}()
	return run, nil
}

// gone reports whether the process has exited.
func (p *Process) gone() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// Stop asks the process to finish its work and exit, and waits. If ctx ends first, Stop kills the process and returns an error;
// an exit status other than 0 is an error too.
func (p *Process) Stop(ctx context.Context) error {
	p.asked.Store(true)
	if err := terminate(p.cmd.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop %s: %w", p.Name, err)
	}
	select {
	case <-p.ended:
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("%s did not stop in time and was killed", p.Name), p.Kill())
	}
	if p.err != nil {
		return fmt.Errorf("stop %s: %w", p.Name, p.err)
	}
	return nil
}

// Kill ends the process at once, as kill -9 does, and waits until it has exited.
func (p *Process) Kill() error {
	p.asked.Store(true)
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill %s: %w", p.Name, err)
	}
	<-p.ended
	return nil
}

// Signal sends a signal to the process.
func (p *Process) Signal(s os.Signal) error {
	if err := p.cmd.Process.Signal(s); err != nil {
		return fmt.Errorf("send %v to %s: %w", s, p.Name, err)
	}
	return nil
}

// unexpected returns an error that describes an exit that was not asked for.
func (p *Process) unexpected() error {
	how := "status 0"
	if p.err != nil {
		how = p.err.Error()
	}
	return fmt.Errorf("%s exited unexpectedly (%s); its last lines:\n%s", p.Name, how, p.last)
}

// Last returns the last lines that the process wrote.
func (p *Process) Last() string { return p.last.String() }

// Resident returns how many bytes of memory the process holds.
func (p *Process) Resident() (int64, error) {
	memory, err := (&process.Process{Pid: int32(p.cmd.Process.Pid)}).MemoryInfo()
	if err != nil {
		return 0, fmt.Errorf("read the memory use of %s: %w", p.Name, err)
	}
	return int64(memory.RSS), nil
}

// Peers returns the addresses, with ports, of the other ends of the TCP connections that are established, as the process sees it. A
// connection whose other end has closed it is not one of them, even if the process has not noticed.
func (p *Process) Peers() (map[string]bool, error) {
	connections, err := (&process.Process{Pid: int32(p.cmd.Process.Pid)}).Connections()
	if err != nil {
		return nil, fmt.Errorf("list the connections of %s: %w", p.Name, err)
	}
	peers := make(map[string]bool)
	for _, c := range connections {
		if c.Status == "ESTABLISHED" {
			peers[net.JoinHostPort(c.Raddr.IP, strconv.Itoa(int(c.Raddr.Port)))] = true
		}
	}
	return peers, nil
}

// CPU returns the processor time that the process has used, in user and in system mode.
func (p *Process) CPU() (time.Duration, error) {
	used, err := (&process.Process{Pid: int32(p.cmd.Process.Pid)}).Times()
	if err != nil {
		return 0, fmt.Errorf("read the processor time of %s: %w", p.Name, err)
	}
	return time.Duration((used.User + used.System) * float64(time.Second)), nil
}

// tailLines is how many lines are kept to explain why a program exited, and tailBytes how long they may be together.
const tailLines, tailBytes = 12, 16 << 10

// A tail keeps the last lines that a program wrote. The zero value is empty and ready to use. It is safe for concurrent use.
type tail struct {
	program string
	mu      sync.Mutex
	text    []byte
}

func (t *tail) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, text...)
	t.text = t.text[max(0, len(t.text)-tailBytes):]
	return len(text), nil
}

// String returns the lines, indented, without those that are harmless and so explain nothing.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSuffix(string(t.text), "\n"), "\n")
	lines = slices.DeleteFunc(lines, func(line string) bool { return line == "" || isHarmless(t.program, []byte(line)) })
	if len(lines) == 0 {
		return "  (no output)"
	}
	return "  " + strings.Join(lines[max(0, len(lines)-tailLines):], "\n  ")
}
