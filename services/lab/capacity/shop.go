package capacity

import (
	"context"
	"fmt"
	"time"

	"spanwise/lab/bench"
	"spanwise/lab/load"
	"spanwise/lab/native"
)

const (
	// ordinary is an order of ten lines, for which order asks inventory and pricing once each.
	ordinary = "/orders/10"
	// patience bounds the wait for the last spans of a load.
	patience = 30 * time.Second
	// withBytes makes the Collector count bytes, too.
	withBytes = "OTELCOL_METRICS_LEVEL=detailed"
)

// A shop is the whole native run: the services, one agent, and Jaeger.
type shop struct {
	run   *native.Run
	spans []float64 // of a request, in each load
	wire  []float64 // bytes of a span, in each load
}

// programOf are the programs of the parts.
var programOf = map[string]string{
	native.Order: native.Order, native.Inventory: native.Inventory, native.Pricing: native.Pricing,
	agent: native.Collector, jaeger: native.Jaeger,
}

func (s *shop) cpu() (map[string]float64, error) {
	used := make(map[string]float64)
	for part, program := range programOf {
		time, err := s.run.Process(program).CPU()
		if err != nil {
			return nil, err
		}
		used[part] = time.Seconds()
	}
	return used, nil
}

func (s *shop) load(ctx context.Context, rate int, length time.Duration) (loaded, error) {
	before, err := s.run.Delivered(ctx)
	if err != nil {
		return loaded{}, err
	}
	answered, err := s.send(ctx, rate, length)
	if err != nil {
		return loaded{}, err
	}
	after, err := bench.Settle(ctx, s.run, patience)
	if err != nil {
		return loaded{}, err
	}
	if sent := after.Sent - before.Sent; sent > 0 {
		s.spans = append(s.spans, float64(after.Accepted-before.Accepted)/answered)
		s.wire = append(s.wire, float64(after.Bytes-before.Bytes)/float64(sent))
	}
	return loaded{answered: answered}, nil
}

// send puts a load on the services, and waits for the answers but not for the spans.
func (s *shop) send(ctx context.Context, rate int, length time.Duration) (answered float64, err error) {
	r, err := load.Run(ctx, load.Plan{Mix: load.Get(s.run.URL(native.OrderPort) + ordinary), Rate: float64(rate), Length: length}, nil)
	switch {
	case err != nil:
		return 0, err
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case r.Accepted == 0 && len(r.Failures) > 0:
		return 0, fmt.Errorf("at %d requests/s none succeeded: %s", rate, r.Failures[0].First)
	case r.Accepted == 0:
		return 0, fmt.Errorf("at %d requests/s none was answered", rate)
	}
	return float64(r.Accepted), nil
}

// measureShop measures what a request costs the services, and what its spans cost the agent and Jaeger.
func (b *Bench) measureShop(ctx context.Context, c *Costs) error {
	return b.Start(ctx, []string{withBytes}, func(run *native.Run) error {
		s := &shop{run: run}
		turns, err := b.turns(ctx, s, b.Size.rounds)
		if err != nil {
			return err
		}
		c.Spans, c.Bytes.Wire = rangeOf(s.spans).Value, rangeOf(s.wire)
		for _, name := range services {
			c.Parts = append(c.Parts, Part{everywhere, name, perRequest, lineOf(turns, name, 1, 1)})
		}
		c.Parts = append(c.Parts,
			Part{Direct, agent, perSpan, lineOf(turns, agent, 1, c.Spans)},
			Part{everywhere, jaeger, perSpan, lineOf(turns, jaeger, 1, c.Spans)})
		if err := c.check(Direct, b.Size.checks, turns, partsOf(Direct), nil); err != nil {
			return err
		}
		c.Bytes.Queue, err = s.queued(ctx, b.Size)
		return err
	})
}
