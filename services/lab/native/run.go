package native

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"spanwise/internal/rest"
)

const (
	// readyTimeout bounds the wait for one program to start. A service waits for its database for DATABASE_WAIT, by default a
	// minute, and then reports the problem itself.
	readyTimeout = 2 * time.Minute
	// stopTimeout bounds the wait for one program to stop. A service takes up to 45 s to drain its requests and 10 s to flush
	// its telemetry.
	stopTimeout = 60 * time.Second
	// noticeAfter is when the console says which program a start is waiting for.
	noticeAfter = 5 * time.Second
	// pollEvery is the time between two checks whether a program is ready.
	pollEvery = 20 * time.Millisecond
)

// A Run is a running lab. It is safe for concurrent use, except for [Run.AddGateway], which changes the settings.
type Run struct {
	Settings
	console *Console
	exited  chan *Process // unexpectedly

	mu        sync.Mutex
	processes []*Process          // as in sendOrder, whichever started first
	delivered map[string]Delivery // of each Collector, recorded by Stop
}

// start starts a program, for the first time or again, waits until it is ready, and from then on watches for its exit.
func (r *Run) start(ctx context.Context, program Program, env ...string) error {
	p, err := launch(program, r.console.of(program.Name), env...)
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.processes = slices.DeleteFunc(r.processes, func(old *Process) bool { return old.Name == p.Name })
	r.processes = append(r.processes, p)
	slices.SortStableFunc(r.processes, func(a, b *Process) int {
		return slices.Index(sendOrder, kind(a.Name)) - slices.Index(sendOrder, kind(b.Name))
	})
	r.mu.Unlock()
	if err := r.ready(ctx, p); err != nil {
		return err
	}
	go func() {
		<-p.ended
		if !p.asked.Load() {
			r.exited <- p
		}
	}()
	return nil
}

// ready waits until the process is ready. It returns an error if the process exits or takes too long.
func (r *Run) ready(ctx context.Context, p *Process) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	notice := time.NewTimer(noticeAfter)
	defer notice.Stop()
	for {
		err := ask(ctx, p.Ready)
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return p.unexpected()
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return fmt.Errorf("%s was not ready within %v (%w); its last lines:\n%s", p.Name, readyTimeout, err, p.last)
			}
			return fmt.Errorf("interrupted while %s was starting", p.Name)
		case <-notice.C:
			r.console.Say("waiting for %s: %v", p.Name, err)
		case <-poll.C:
		}
	}
}

func ask(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err := rest.Fetch(ctx, http.DefaultClient, url)
	return err
}

// Wait returns nil when ctx is done, or an error when a process exits unexpectedly.
func (r *Run) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case p := <-r.exited:
		return p.unexpected()
	}
}

// Stop stops all programs one after another, each after those that send to it: the services finish their requests and send
// their spans to the Collector, which sends them to Jaeger; gateways decide on every trace first. Stop works even if ctx is already done.
func (r *Run) Stop(ctx context.Context) error {
	r.mu.Lock()
	running := slices.Clone(r.processes)
	r.mu.Unlock()
	var errs []error
	if p := r.Process(Collector); p == nil || p.gone() {
		errs = append(errs, r.stopServices(ctx))
	}
	for _, p := range slices.Backward(running) {
		switch kind(p.Name) {
		case Collector, gateway, twin:
			r.awaitDelivery(ctx, p)
		}
		errs = append(errs, r.stop(ctx, p))
	}
	return errors.Join(errs...)
}

// stopServices stops the services in parallel. Without a Collector each waits until its attempt to deliver spans times out.
func (r *Run) stopServices(ctx context.Context) error {
	names := r.AllInstances()
	errs := make([]error, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		if p := r.Process(name); p != nil {
			all.Go(func() { errs[i] = r.stop(ctx, p) })
		}
	}
	all.Wait()
	return errors.Join(errs...)
}

func (r *Run) stop(ctx context.Context, p *Process) error {
	if p.gone() {
		return nil // Wait or Start has reported it
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return p.Stop(ctx)
}

// Kill kills all programs at once.
func (r *Run) Kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.processes {
		p.asked.Store(true)
		_ = p.cmd.Process.Kill() // fails only if it has exited already
	}
}

// Process returns the process of a program, after a restart the new one, or nil if it never started.
func (r *Run) Process(name string) *Process {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := r.index(name); i >= 0 {
		return r.processes[i]
	}
	return nil
}

// index returns the position of a program's process, or -1. The caller holds r.mu.
func (r *Run) index(name string) int {
	return slices.IndexFunc(r.processes, func(p *Process) bool { return p.Name == name })
}

// Restart starts a program whose process has exited, and waits until it is ready. The variables in env are added to the program's
// own, or replace them, until the next restart.
func (r *Run) Restart(ctx context.Context, name string, env ...string) error {
	return r.start(ctx, r.Process(name).Program, env...)
}
