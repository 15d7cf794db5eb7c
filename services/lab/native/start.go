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
	for _, name := range append(s.agents(), s.gateways()...) {
		if err := s.assign(name); err != nil {
			return nil, err
		}
	}
	if err := s.prepareInstances(); err != nil {
		return nil, err
	}
	if err := s.listGateways(s.gateways()); err != nil {
		return nil, err
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
		group.Go(func() error { return r.startAfter(all, p, ready) })
	}
	group.Go(func() error {
		if r.NoShop {
			return nil
		}
		if err := await(all, ready, append([]string{Lab}, r.AllInstances()...)...); err != nil {
			return err
		}
		if !r.there() {
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

// startAfter starts a program once its file and those programs that must be ready before it are there.
func (r *Run) startAfter(ctx context.Context, p Program, ready map[string]chan struct{}) (err error) {
	if p.Path == "" {
		if p.Path, err = r.Programs.File(ctx, p.file()); err != nil {
			return err
		}
	}
	if err := await(ctx, ready, r.before(p.Name)...); err != nil {
		return err
	}
	if p.Name == Jaeger {
		p = r.withMCP(ctx, p)
	}
	if err := r.start(ctx, p); err != nil {
		return err
	}
	if p.Name == Collector {
		time.AfterFunc(exportTimeout, func() { r.console.noCollector.Store(false) })
	}
	close(ready[p.Name])
	return nil
}

// before returns the programs that must be ready before another starts.
//
// A Collector waits for those to which it sends, because once it has tried in vain it may not try again for two minutes, which
// cannot be configured. The services try again every two seconds and keep their spans meanwhile, so they start without a Collector
// if it is not there yet. If it is, they wait, so that their first spans arrive at once.
func (r *Run) before(name string) []string {
	switch kind(name) {
	case gateway, twin:
		if r.Pipeline.HasKafka() {
			return []string{Jaeger, Broker}
		}
		return []string{Jaeger}
	case Collector:
		if r.Pipeline.HasKafka() {
			return []string{Broker}
		}
		return append([]string{Jaeger}, r.gateways()...)
	}
	if slices.Contains(Services, kind(name)) && r.there() {
		return r.agents()
	}
	return nil
}

// there reports whether all third-party programs are there.
func (r *Run) there() bool {
	return !slices.ContainsFunc(r.Tools(), func(name string) bool { return !r.Programs.There(name) })
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
