package native

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// exportTimeout is how long a service may take to complain about a Collector that was not there. Its own timeouts are 5 and 10 s.
const exportTimeout = 10 * time.Second

// Start starts every program as soon as its file is there, and returns when all are ready. If one fails or ctx ends first,
// Start stops those that are running.
func Start(ctx context.Context, s Settings, console *Console) (*Run, error) {
	if err := s.CheckPorts(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(s.Data, 0o755); err != nil {
		return nil, fmt.Errorf("make the data folder (set SPANWISE_DATA to use another): %w", err)
	}
	if s.Metrics {
		if err := s.copyMetrics(); err != nil {
			return nil, fmt.Errorf("configure Prometheus: %w", err)
		}
	}
	r := &Run{Settings: s, console: console, exited: make(chan *Process, 16*len(All))}
	if err := r.startAll(ctx); err != nil {
		console.Say("Stopping what has started.")
		return nil, errors.Join(err, r.Stop(ctx))
	}
	return r, nil
}

func (r *Run) startAll(parent context.Context) error {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	go func() { // the first programs may run for minutes before the last is there
		select {
		case p := <-r.exited:
			r.exited <- p
			cancel(p.unexpected())
		case <-ctx.Done():
		}
	}()
	ready := make(map[string]chan struct{})
	for _, p := range r.programs() {
		ready[p.Name] = make(chan struct{})
	}
	r.console.noCollector.Store(true)
	group, all := errgroup.WithContext(ctx)
	for _, p := range r.programs() {
		group.Go(func() (err error) {
			if p.Path == "" {
				if p.Path, err = r.Programs.File(all, p.Name); err != nil {
					return err
				}
			}
			if err := await(all, ready, r.before(p.Name)...); err != nil {
				return err
			}
			if p.Name == Jaeger {
				p = r.withMCP(all, p)
			}
			if err := r.start(all, p); err != nil {
				return err
			}
			if p.Name == Collector {
				time.AfterFunc(exportTimeout, func() { r.console.noCollector.Store(false) })
			}
			close(ready[p.Name])
			return nil
		})
	}
	group.Go(func() error {
		if err := await(all, ready, append([]string{Lab}, Services...)...); err != nil {
			return err
		}
		if !r.Programs.There(Jaeger) || !r.Programs.There(Collector) {
			r.console.Say("The services and the lab's page are up: %s. The page shows what is still missing.", r.Shown(LabPort))
		}
		return nil
	})
	err := group.Wait()
	if cause := context.Cause(ctx); cause != context.Cause(parent) {
		return cause // a program exited
	}
	return err
}

// before returns the programs that must be ready before another starts.
//
// The Collector waits for Jaeger, because once it has tried in vain it may not try again for two minutes, which cannot be
// configured. The services try again every two seconds and keep their spans meanwhile, so they start without a Collector if
// it is not there yet. If it is, they wait, so that their first spans arrive at once.
func (r *Run) before(name string) []string {
	switch {
	case name == Collector:
		return []string{Jaeger}
	case slices.Contains(Services, name) && r.Programs.There(Jaeger) && r.Programs.There(Collector):
		return []string{Collector}
	}
	return nil
}

// await waits until programs are ready.
func await(ctx context.Context, ready map[string]chan struct{}, names ...string) error {
	for _, name := range names {
		select {
		case <-ready[name]:
		case <-ctx.Done():
			return fmt.Errorf("interrupted while waiting for %s", name)
		}
	}
	return nil
}
