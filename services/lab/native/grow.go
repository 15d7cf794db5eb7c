package native

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"time"
)

// AddGateway starts one more gateway of the first set, and makes the agents send to it. With Kafka, it joins the group.
func (r *Run) AddGateway(ctx context.Context) (name string, err error) {
	n := max(2, r.Gateways) + 1
	name = Gateway(n)
	if err := r.assign(name); err != nil {
		return "", err
	}
	p := r.gateway(name)
	if p.Path, err = r.Programs.File(ctx, p.file()); err != nil {
		return "", err
	}
	if err := r.start(ctx, p); err != nil {
		return "", err
	}
	r.Gateways = n
	return name, r.ListGateways(ctx, r.gateways()...)
}

// ListGateways makes the agents send to those gateways of the first set and to no others, and waits until they do. With Kafka, the
// gateways choose for themselves, so there is nothing to do.
func (r *Run) ListGateways(ctx context.Context, names ...string) error {
	if !r.Pipeline.lists() {
		return nil
	}
	if err := r.listGateways(names); err != nil {
		return err
	}
	known := knows(len(slices.DeleteFunc(slices.Clone(names), func(name string) bool { return kind(name) != gateway })))
	running := slices.DeleteFunc(r.agents(), func(agent string) bool { p := r.Process(agent); return p == nil || p.gone() })
	if !r.DNS {
		known = startedAfter(time.Now())
		for _, agent := range running { // all at once: until the last one has changed, traces are cut
			if err := r.Process(agent).Signal(syscall.SIGHUP); err != nil {
				return err
			}
		}
	}
	for _, agent := range running {
		if err := r.awaitMetrics(ctx, agent, known); err != nil {
			return fmt.Errorf("make %s send to %v: %w", agent, names, err)
		}
	}
	return nil
}

// knows returns a function that reports whether metrics are those of an agent that has found so many gateways by name.
func knows(gateways int) func(metrics string) bool {
	want := fmt.Sprintf("otelcol_loadbalancer_num_backends{resolver=\"dns\"} %d\n", gateways)
	return func(metrics string) bool { return strings.Contains(metrics, want) }
}

// startedAfter returns a function that reports whether metrics are those of a Collector that has read its configuration after that time.
func startedAfter(then time.Time) func(metrics string) bool {
	return func(metrics string) bool { return time.Now().Add(-uptime(metrics)).After(then) }
}

// awaitMetrics waits until an agent's own metrics are as wanted.
func (r *Run) awaitMetrics(ctx context.Context, agent string, wanted func(metrics string) bool) error {
	ctx, cancel := context.WithTimeoutCause(ctx, readyTimeout, fmt.Errorf("nothing changed within %v", readyTimeout))
	defer cancel()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		text, err := r.metrics(ctx, agent) // fails while it starts again
		if err == nil && wanted(text) {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-poll.C:
		}
	}
}

// uptime reads how long a Collector has run with its configuration; its process may be older.
func uptime(metrics string) time.Duration {
	seconds, err := sumOf(metrics, "otelcol_process_uptime")
	if err != nil {
		return 1<<63 - 1 // not known, so not new
	}
	return time.Duration(seconds * float64(time.Second))
}

// assign gives free ports to an agent or a gateway that has none yet.
func (s Settings) assign(program string) error {
	defer s.shareOTLP(program)
	if s.ports[portOf(program, healthPort)] != 0 {
		return nil
	}
	var names []string
	for _, what := range collectorPorts {
		names = append(names, portOf(program, what))
	}
	return s.assignPorts(names...)
}

// assignPorts gives a free port to each of those settings.
func (s Settings) assignPorts(names ...string) error {
	found, err := freePorts(len(names) + len(s.ports))
	if err != nil {
		return err
	}
	taken := make(map[int]bool)
	for _, n := range s.ports {
		taken[n] = true
	}
	found = slices.DeleteFunc(found, func(n int) bool { return taken[n] })
	for i, name := range names {
		s.ports[name] = found[i]
	}
	return nil
}
