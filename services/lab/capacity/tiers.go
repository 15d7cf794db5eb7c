package capacity

import (
	"context"
	"fmt"
	"time"

	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/scale"
)

const (
	// gateways is how many a pipeline has here.
	gateways = 2
	// longest bounds the wait for the gateways.
	longest = time.Minute
)

// spansEach is how many spans the sender's traces have.
var spansEach = len(scale.Trace{}.SpanIDs())

// A tiered is a pipeline without the services. Its load is as many spans as the services make of the requests.
type tiered struct {
	run   *native.Run
	spans float64 // of a request
	sent  int64   // spans so far
	seed  uint64
}

// tiers measures what a span costs the agent and the gateways of a pipeline.
func tiers(pipeline string) func(*Bench, context.Context, *Costs) error {
	return func(b *Bench, ctx context.Context, c *Costs) error {
		settings := []string{native.PipelineName + "=" + pipeline, native.DecisionWait + "=" + b.Size.wait.String()}
		return b.Tiers(ctx, settings, func(run *native.Run) error {
			if pipeline == Kafka {
				if err := awaitReaders(ctx, run); err != nil {
					return err
				}
			}
			turns, err := b.turns(ctx, &tiered{run: run, spans: c.Spans}, b.Size.tiers)
			if err != nil {
				return err
			}
			c.Parts = append(c.Parts,
				Part{pipeline, agent, perSpan, lineOf(turns, agent, 1, c.Spans)},
				Part{pipeline, gateway, perSpan, lineOf(turns, gateway, gateways, c.Spans)})
			c.checkUndecided(pipeline, b.Size, turns)
			return c.check(pipeline, b.Size.checks, turns, []string{agent, gateway}, map[string]int{gateway: gateways})
		})
	}
}

// awaitReaders waits until each gateway has partitions of Kafka to read.
func awaitReaders(ctx context.Context, run *native.Run) error {
	return scale.AwaitReaders(ctx, run, native.Gateway(1), native.Gateway(gateways))
}

func (t *tiered) cpu() (map[string]float64, error) {
	programs := map[string]string{native.Agent(1): agent, native.Jaeger: jaeger}
	for n := range gateways {
		programs[native.Gateway(n+1)] = gateway
	}
	used := make(map[string]float64)
	for program, part := range programs {
		time, err := t.run.Process(program).CPU()
		if err != nil {
			return nil, err
		}
		used[part] += time.Seconds()
	}
	return used, nil
}

func (t *tiered) load(ctx context.Context, rate int, length time.Duration) (loaded, error) {
	t.seed++
	to := t.run.OTLP(native.Agent(1))
	sending, err := scale.Load{
		Agents: []string{to, to}, Seed: t.seed, Rate: int(float64(rate)*t.spans) / spansEach,
		Mix: func(int) scale.Kind { return scale.Normal },
	}.Start(ctx)
	if err != nil {
		return loaded{}, err
	}
	waited := play.Wait(ctx, length)
	now, err := t.state(ctx)
	sent := sending.Stop()
	switch {
	case waited != nil:
		return loaded{}, waited
	case err != nil:
		return loaded{}, err
	case sent.Lost > 0:
		return loaded{}, fmt.Errorf("at %d requests/s, %d spans were not accepted: %w", rate, sent.Lost, sent.Err)
	}
	spans := len(sent.Traces) * spansEach
	t.sent += int64(spans)
	return loaded{float64(spans) / t.spans, float64(now.undecided)}, t.settle(ctx)
}

// A tierState counts what the gateways have.
type tierState struct {
	accepted  int64 // spans
	undecided int64 // traces
	waiting   int64 // spans on their way to Jaeger
}

func (t *tiered) state(ctx context.Context) (s tierState, err error) {
	for n := range gateways {
		d, err := t.run.DeliveredBy(ctx, native.Gateway(n+1))
		if err != nil {
			return s, err
		}
		s.accepted += d.Accepted
		s.undecided += d.Tail.Undecided()
		s.waiting += d.Waiting()
	}
	return s, nil
}

// settle waits until the gateways have got and decided all that was sent, and Jaeger has what they kept.
func (t *tiered) settle(ctx context.Context) error {
	for end := time.Now().Add(longest); ; {
		s, err := t.state(ctx)
		switch {
		case err != nil:
			return err
		case s.accepted >= t.sent && s.undecided == 0 && s.waiting == 0:
			return nil
		case time.Now().After(end):
			return fmt.Errorf("after %v, the gateways had got %d of %d spans, %d traces were undecided and %d spans on their way to Jaeger",
				longest, s.accepted, t.sent, s.undecided, s.waiting)
		}
		if err := play.Wait(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}
