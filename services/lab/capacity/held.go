package capacity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"spanwise/lab/native"
)

// measureKafka measures how many bytes a span of the shop takes in Kafka.
func (b *Bench) measureKafka(ctx context.Context, c *Costs) error {
	settings := []string{native.PipelineName + "=" + Kafka, withBytes, native.DecisionWait + "=" + b.Size.wait.String()}
	return b.Start(ctx, settings, func(run *native.Run) error {
		if err := awaitReaders(ctx, run); err != nil {
			return err
		}
		s := &shop{run: run}
		var each []float64
		var bytes, spans float64
		for range b.Size.bulks {
			if _, err := s.load(ctx, bulkRate, b.Size.bulk); err != nil {
				return err
			}
			d, err := run.Delivered(ctx)
			if err != nil {
				return err
			}
			now, err := run.Metric(ctx, native.Agent(1), "otelcol_kafka_exporter_bytes")
			if err != nil {
				return err
			}
			each = append(each, (now-bytes)/(float64(d.Sent)-spans))
			bytes, spans = now, float64(d.Sent)
		}
		c.Bytes.Kafka = rangeOf(each)
		return nil
	})
}

// measureMemory measures how much the memory of a gateway grows with each span of a trace that it has not decided yet. That
// includes garbage that Go has not collected yet.
func (b *Bench) measureMemory(ctx context.Context, c *Costs) (err error) {
	during := b.Size.bulk * time.Duration(b.Size.bulks)
	for _, spare := range spares {
		if err = b.memoryOf(ctx, c, during, during+spare); !errors.Is(err, errDecided) {
			return err
		}
		b.Say("  with %v for the last answers: %v", spare, err)
	}
	return err
}

// spares are times after a load in which its last requests may be answered, tried in turn. A busy machine needs a longer one.
var spares = []time.Duration{2 * time.Second, 8 * time.Second, 32 * time.Second}

// errDecided means that a gateway was measured too late, after it had decided on traces.
var errDecided = errors.New("want no decision")

// memoryOf measures the memory once, by a load of that length. Gateways wait for so long that nothing is decided meanwhile.
func (b *Bench) memoryOf(ctx context.Context, c *Costs, during, wait time.Duration) error {
	return b.Start(ctx, []string{native.PipelineName + "=" + Gateways, native.DecisionWait + "=" + wait.Round(time.Second).String()}, func(run *native.Run) error {
		s := &shop{run: run}
		before, err := s.gatewayMemory()
		if err != nil {
			return err
		}
		c.Gateway = rangeOf(before)
		if _, err := s.send(ctx, bulkRate, during); err != nil {
			return err
		}
		after, err := s.gatewayMemory()
		if err != nil {
			return err
		}
		var each []float64
		for n := range gateways {
			d, err := run.DeliveredBy(ctx, native.Gateway(n+1))
			if err != nil {
				return err
			}
			switch {
			case d.Tail.Decided > 0:
				return fmt.Errorf("%s has decided on %d traces, %w", native.Gateway(n+1), d.Tail.Decided, errDecided)
			case d.Accepted == 0:
				return fmt.Errorf("%s has no spans", native.Gateway(n+1))
			}
			each = append(each, (after[n]-before[n])/float64(d.Accepted))
		}
		c.Bytes.Memory = rangeOf(each)
		return nil
	})
}

// gatewayMemory returns the resident memory of each gateway.
func (s *shop) gatewayMemory() (bytes []float64, err error) {
	for n := range gateways {
		held, err := s.run.Process(native.Gateway(n + 1)).Resident()
		if err != nil {
			return nil, err
		}
		bytes = append(bytes, float64(held))
	}
	return bytes, nil
}
