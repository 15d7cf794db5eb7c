package native

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"spanwise/internal/rest"
)

const (
	// readyTimeout bounds what a start waits for one program. A service waits DATABASE_WAIT, by default a minute, for
	// its database, and then says itself what is wrong.
	readyTimeout = 2 * time.Minute
	// stopTimeout bounds what an end waits for one program: longer than a service takes to drain its requests
	// (45 s) and to flush its telemetry (10 s).
	stopTimeout = 60 * time.Second
	// patience is how long a program may start before the console says what is waited for.
	patience = 5 * time.Second
	// pollEvery is the time between two questions whether a program is ready.
	pollEvery = 20 * time.Millisecond
)

// A Run is the lab's processes. It is safe for concurrent use.
type Run struct {
	Settings
	console *Console
	died    chan *Process // those that ended by themselves

	mu        sync.Mutex
	processes []*Process // in the order of their start
	delivered *Delivery  // noted when it is stopped
}

// Start starts everything and returns when all of it is ready. If that does not succeed, or ctx ends first, what
// runs already is stopped again. The programs must be there: see package build.
func Start(ctx context.Context, s Settings, console *Console) (*Run, error) {
	if err := s.CheckPorts(); err != nil {
		return nil, err
	}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	programs := s.programs()
	r := &Run{Settings: s, console: console, died: make(chan *Process, 16*len(programs))}
	for _, p := range programs {
		if err := r.start(ctx, p); err != nil {
			return nil, errors.Join(err, r.Stop(ctx))
		}
	}
	return r, nil
}

// start starts one program and waits until it is ready.
func (r *Run) start(ctx context.Context, program Program) error {
	p, err := launch(program, r.console.of(program.Name))
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.processes = append(r.processes, p)
	r.mu.Unlock()
	return r.watch(ctx, p)
}

// watch waits until the process is ready, and from then on for its death.
func (r *Run) watch(ctx context.Context, p *Process) error {
	if err := r.ready(ctx, p); err != nil {
		return err
	}
	go func() {
		<-p.ended
		if !p.told.Load() {
			r.died <- p
		}
	}()
	return nil
}

// ready returns when the process says that it is ready, and with an error when it ends or takes too long.
func (r *Run) ready(ctx context.Context, p *Process) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	notice := time.NewTimer(patience)
	defer notice.Stop()
	for {
		err := ask(ctx, p.Ready)
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return p.death()
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
	return rest.Ask(ctx, url)
}

// Wait returns nil when ctx is done, or before that an error that names the process that ended by itself.
func (r *Run) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case p := <-r.died:
		return p.death()
	}
}

// Stop stops everything, the last started first, each only when the one before is gone: the services finish their
// requests and hand their spans to the Collector, which hands them to Jaeger. It works on a ctx that is already done.
func (r *Run) Stop(ctx context.Context) error {
	r.mu.Lock()
	running := slices.Clone(r.processes)
	r.mu.Unlock()
	var errs []error
	if p := r.Process(Collector); p != nil && p.gone() {
		errs = append(errs, r.stopServices(ctx))
	}
	for _, p := range slices.Backward(running) {
		if p.Name == Collector && !p.gone() {
			r.awaitDelivery(ctx)
		}
		errs = append(errs, r.stop(ctx, p))
	}
	return errors.Join(errs...)
}

// stopServices stops the services side by side. Without a Collector each waits in vain to deliver its spans, and one
// after the other they would take three times as long.
func (r *Run) stopServices(ctx context.Context) error {
	errs := make([]error, len(Services))
	var all sync.WaitGroup
	for i, name := range Services {
		if p := r.Process(name); p != nil {
			all.Go(func() { errs[i] = r.stop(ctx, p) })
		}
	}
	all.Wait()
	return errors.Join(errs...)
}

func (r *Run) stop(ctx context.Context, p *Process) error {
	if p.gone() {
		return nil // that it is, and why, is known from Wait or Start
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return p.Stop(ctx)
}

// Kill ends everything at once.
func (r *Run) Kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.processes {
		p.told.Store(true)
		_ = p.cmd.Process.Kill() // one that is gone already is what was wanted
	}
}

// Process returns the process of a program, the newest if it was restarted; nil if it never started.
func (r *Run) Process(name string) *Process {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.processes, func(p *Process) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return r.processes[i]
}

// Restart starts a program again whose process has ended, and waits until it is ready.
func (r *Run) Restart(ctx context.Context, name string) error {
	old := r.Process(name)
	p, err := launch(old.Program, r.console.of(name))
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.processes[slices.Index(r.processes, old)] = p
	r.mu.Unlock()
	return r.watch(ctx, p)
}
