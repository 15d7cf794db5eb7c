package native

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Drain delivers what a gateway that has stopped left in its queue on disk: it starts the gateway without Kafka, so that it gets no new
// spans, waits until its queue is empty, and stops it. It returns how many spans there were. An operator who removes a gateway for good
// must do the same, because what a gateway decides when it is told to stop is still in its queue when its process ends.
func (r *Run) Drain(ctx context.Context, name string) (spans int64, err error) {
	p := r.Process(name)
	if p == nil || !p.gone() {
		return 0, fmt.Errorf("%s still runs: stop it before its queue is opened by another process", name)
	}
	if err := r.start(ctx, r.drainer(p.Program)); err != nil {
		return 0, err
	}
	spans, err = r.awaitEmpty(ctx, name)
	return spans, errors.Join(err, r.stop(ctx, r.Process(name)))
}

// drainer returns a gateway's program without the configuration that makes it read from Kafka.
func (s Settings) drainer(p Program) Program {
	p.Args = slices.Clone(p.Args)
	if i := slices.Index(p.Args, s.file(kafkaReceiver)); i > 0 {
		p.Args = slices.Delete(p.Args, i-1, i+1) // with its --config
	}
	return p
}

// awaitEmpty waits until a Collector's queue on disk is empty, and returns how many spans it has sent.
func (r *Run) awaitEmpty(ctx context.Context, name string) (sent int64, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, readyTimeout, fmt.Errorf("does Jaeger answer? %v were not enough", readyTimeout))
	defer cancel()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		d, err := r.DeliveredBy(ctx, name)
		if err != nil || d.Queued == 0 {
			return d.Sent, err
		}
		select {
		case <-ctx.Done():
			return d.Sent, fmt.Errorf("%s still has %d spans in its queue: %w", name, d.Queued, context.Cause(ctx))
		case <-poll.C:
		}
	}
}
