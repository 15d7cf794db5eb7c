//go:build unix

package native

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// shell returns a program that runs a script.
func shell(t *testing.T, script string) Program {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell to run programs with")
	}
	return Program{Name: Order, Path: sh, Args: []string{"-c", script}, Dir: t.TempDir(), Env: os.Environ()}
}

// said is a writer that closes seen when a text was written to it.
type said struct {
	bytes.Buffer
	want string
	seen chan struct{}
}

func (s *said) Write(text []byte) (int, error) {
	n, err := s.Buffer.Write(text)
	if s.want != "" && strings.Contains(s.String(), s.want) {
		close(s.seen)
		s.want = ""
	}
	return n, err
}

func waitFor(want string) *said { return &said{want: want, seen: make(chan struct{})} }

// A process is asked to stop and gets the time it needs to finish.
func TestStop(t *testing.T) {
	out := waitFor("ready")
	p, err := launch(shell(t, `trap 'echo finishing; exit 0' TERM; echo ready; while :; do sleep 0.01; done`), out)
	if err != nil {
		t.Fatal(err)
	}
	<-out.seen
	if err := p.Stop(t.Context()); err != nil {
		t.Errorf("stop: %v", err)
	}
	if got, want := out.String(), "ready\nfinishing\n"; got != want {
		t.Errorf("got output %q, want %q", got, want)
	}
	if !p.gone() {
		t.Error("the process has not exited")
	}
}

// A process that ignores the request to stop is killed when time is up, and the error names it.
func TestStopKills(t *testing.T) {
	out := waitFor("ready")
	p, err := launch(shell(t, `trap '' TERM; echo ready; while :; do sleep 0.01; done`), out)
	if err != nil {
		t.Fatal(err)
	}
	<-out.seen
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := p.Stop(ctx); err == nil || !strings.Contains(err.Error(), "order did not stop in time") {
		t.Errorf("got %v, want an error that order did not stop in time", err)
	}
	if !p.gone() {
		t.Error("the process has not exited")
	}
}

// An exit with another status than 0 is an error.
func TestStopReportsStatus(t *testing.T) {
	out := waitFor("ready")
	p, err := launch(shell(t, `trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done`), out)
	if err != nil {
		t.Fatal(err)
	}
	<-out.seen
	if err := p.Stop(t.Context()); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("got %v, want exit status 3", err)
	}
}

// The error about a missing program names it.
func TestMissingProgram(t *testing.T) {
	_, err := launch(Program{Name: Jaeger, Path: "/no/such/jaeger", Dir: t.TempDir()}, &bytes.Buffer{})
	if want := "cannot start jaeger: its program /no/such/jaeger is missing"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// run starts and watches one program.
func run(t *testing.T, script, ready string) (*Run, error) {
	t.Helper()
	r := &Run{console: NewConsole(&bytes.Buffer{}, false), exited: make(chan *Process, 3)}
	program := shell(t, script)
	program.Ready = ready
	t.Cleanup(func() { r.Kill() })
	return r, r.start(t.Context(), program)
}

// An unexpected exit is reported with the name and the last lines of the process.
func TestUnexpectedExit(t *testing.T) {
	ready := serveReady(t)
	r, err := run(t, `echo opening the database; echo disk full >&2; exit 7`, ready)
	if err == nil { // it was ready before it ended
		err = r.Wait(t.Context())
	}
	want := "order exited unexpectedly (exit status 7); its last lines:\n  opening the database\n  disk full"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A start fails as soon as the process exits, before the timeout.
func TestExitBeforeReady(t *testing.T) {
	_, err := run(t, `echo no config; exit 1`, "http://127.0.0.1:1/")
	if err == nil || !strings.Contains(err.Error(), "order exited unexpectedly (exit status 1); its last lines:\n  no config") {
		t.Errorf("got %v, want the name and last line of the process", err)
	}
}

// Only the exit of a process that was not stopped or killed on purpose is reported.
func TestExpectedExit(t *testing.T) {
	r, err := run(t, `while :; do sleep 0.01; done`, serveReady(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Process(Order).Kill(); err != nil {
		t.Fatal(err)
	}
	if err := r.Restart(t.Context(), Order); err != nil {
		t.Fatal(err)
	}
	if err := r.Process(Order).Kill(); err != nil {
		t.Fatal(err)
	}
	program := shell(t, "sleep 0.3; exit 7")
	program.Ready = r.Process(Order).Ready
	if err := r.start(t.Context(), program); err == nil { // it was ready before it exited
		err = r.Wait(t.Context())
		if err == nil || !strings.Contains(err.Error(), "exit status 7") {
			t.Errorf("got %v, want only the exit with status 7", err)
		}
	}
}

// A restart can add variables or replace them. The next one has the program's own again.
func TestRestartWithVariables(t *testing.T) {
	r := &Run{console: NewConsole(&bytes.Buffer{}, false), exited: make(chan *Process, 3)}
	program := shell(t, `echo limit "$LIMIT"`)
	program.Env = append(program.Env, "LIMIT=256")
	program.Ready = serveReady(t)
	started := func(err error, want string) {
		t.Helper() // the error, if there is one, says that the process has exited already
		<-r.Process(Order).ended
		if got := strings.TrimSpace(r.Process(Order).Last()); got != want {
			t.Errorf("got %q, want %q (%v)", got, want, err)
		}
	}
	started(r.start(t.Context(), program), "limit 256")
	started(r.Restart(t.Context(), Order, "LIMIT=8"), "limit 8")
	started(r.Restart(t.Context(), Order), "limit 256")
}
