//go:build unix

package native

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"spanwise/internal/rest"
)

// TestMain lets the test's program also play the programs of a run.
func TestMain(m *testing.M) {
	if os.Getenv("PLAY_A_PROGRAM") != "" {
		playProgram()
		return
	}
	os.Exit(m.Run())
}

// playProgram answers health checks until it is asked to stop.
func playProgram() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	health := cmp.Or(os.Getenv("JAEGER_HEALTH_PORT"), os.Getenv("OTELCOL_HEALTH_PORT"))
	go http.ListenAndServe(cmp.Or(os.Getenv("ADDR"), host+":"+health), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, os.Getpid()) }))
	<-ctx.Done()
}

// late files are there, except for that of one program, which arrives when it is sent.
type late struct {
	path    string // of every program
	program string
	arrives chan error
}

func (l late) File(ctx context.Context, name string) (string, error) {
	if name != l.program {
		return l.path, nil
	}
	select {
	case err := <-l.arrives:
		return l.path, err
	case <-ctx.Done():
		return "", fmt.Errorf("interrupted while waiting for %s", name)
	}
}

func (l late) There(name string) bool { return name != l.program }

// startWithout starts a run in which one program is late. It returns what is written to the console, and the result of Start.
func startWithout(t *testing.T, ctx context.Context, program string) (l late, s Settings, said *said, run chan *Run, failed chan error) {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s, err = Scratch(t.TempDir(), t.TempDir(), os.Environ(), "PLAY_A_PROGRAM=yes", "JAEGER_MCP=off")
	if err != nil {
		t.Fatal(err)
	}
	l = late{path: path, program: program, arrives: make(chan error, 1)}
	s.Programs = l
	said, run, failed = waitFor("The services and the lab's page are up"), make(chan *Run, 1), make(chan error, 1)
	go func() {
		r, err := Start(ctx, s, NewConsole(said, false))
		if err != nil {
			failed <- err
			return
		}
		run <- r
	}()
	return l, s, said, run, failed
}

// The page and the services are up while Jaeger is still missing, and the Collector waits for it. Programs stop in the usual order.
func TestStartWithoutJaeger(t *testing.T) {
	l, s, said, started, failed := startWithout(t, t.Context(), Jaeger)
	select {
	case <-said.seen:
	case err := <-failed:
		t.Fatal(err)
	}
	if err := ask(t.Context(), s.URL(LabPort)); err != nil {
		t.Errorf("the page: %v", err)
	}
	if err := ask(t.Context(), s.URL(collectorReady)); err == nil {
		t.Error("the Collector runs before Jaeger")
	}
	l.arrives <- nil
	select {
	case r := <-started:
		var order []string
		for _, p := range r.processes {
			order = append(order, p.Name)
		}
		if !slices.Equal(order, All) {
			t.Errorf("the processes are %v, want %v", order, All)
		}
		if err := r.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	case err := <-failed:
		t.Fatal(err)
	}
}

// If a program cannot be had, the error says why and the others are stopped.
func TestStartFails(t *testing.T) {
	l, s, said, _, failed := startWithout(t, t.Context(), Jaeger)
	<-said.seen
	l.arrives <- errors.New("build jaeger: the disk is full")
	if err := <-failed; err == nil || err.Error() != "build jaeger: the disk is full" {
		t.Errorf("got %v, want the reason alone", err)
	}
	if err := s.CheckPorts(); err != nil {
		t.Errorf("something still runs: %v", err)
	}
}

// The exit of a program is reported although others have not arrived.
func TestStartReportsExit(t *testing.T) {
	_, s, said, _, failed := startWithout(t, t.Context(), Jaeger)
	<-said.seen
	text, err := rest.Fetch(t.Context(), http.DefaultClient, s.URL(PricingPort))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; err == nil || !strings.HasPrefix(err.Error(), "pricing exited unexpectedly (signal: killed)") {
		t.Errorf("got %v, want that pricing exited", err)
	}
}

// An interrupted start stops everything.
func TestStartInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	_, s, said, _, failed := startWithout(t, ctx, Collector)
	<-said.seen
	cancel(errors.New("a signal")) // as signal.NotifyContext does
	if err := <-failed; err == nil || !strings.HasPrefix(err.Error(), "interrupted while") {
		t.Errorf("got %v, want that it was interrupted", err)
	}
	if err := s.CheckPorts(); err != nil {
		t.Errorf("something still runs: %v", err)
	}
}
