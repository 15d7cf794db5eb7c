package native

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"spanwise/internal/rest"
)

// A Delivery counts the spans that the Collector accepted and sent since it started.
type Delivery struct {
	Accepted int64 // from the services
	Refused  int64 // because of the memory limit; the services send them again
	Failed   int64 // rejected for good, and lost; or refused by a full queue, whose sender tries again
	Sent     int64 // to Jaeger, including those that an earlier run left in the queue
	Queued   int64 // on disk, for Jaeger
	Bytes    int64 // of the spans that were sent; 0 unless OTELCOL_METRICS_LEVEL=detailed
	Lag      int64 // messages in Kafka that were not read yet
	Taken    int64 // partitions in Kafka that it was given to read
	Given    int64 // of these, that it gave back
	Tail     Tail
}

// A Tail counts the traces that the Collector's tail sampling saw. It is zero without SAMPLING=tail.
type Tail struct {
	Began   int64 // including those that begin again after they were evicted
	Decided int64
	Kept    int64
	Evicted int64 // dropped before the decision, because there were more than num_traces
	Held    int64 // in memory a second ago
}

// Undecided returns how many traces the Collector holds in memory.
func (t Tail) Undecided() int64 {
	if t.Evicted > 0 {
		return t.Held
	}
	return t.Began - t.Decided
}

// Waiting returns how many spans stay in the Collector's queue on disk until its next start. With tail sampling, the
// difference of what was accepted and what was sent says nothing.
func (d Delivery) Waiting() int64 {
	if d.Tail.Began > 0 {
		return d.Queued
	}
	return max(d.Queued, d.Accepted-d.Sent)
}

const (
	// deliverTimeout bounds the wait for the last spans to be sent. Usually it takes a quarter of a second.
	deliverTimeout = 3 * time.Second
	// decideTimeout bounds the wait for a gateway: a trace without a root is decided after 35 s.
	decideTimeout = 40 * time.Second
	// metricsTimeout bounds the wait for the metrics of a Collector that is connected and does not answer.
	metricsTimeout = 10 * time.Second
)

// Delivery returns the counts of a run that was stopped: what the agents accepted, and what reached Jaeger. They are unknown if
// a Collector exited too early.
func (r *Run) Delivery() (sum Delivery, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range r.agents() {
		d, ok := r.delivered[name]
		if !ok {
			return Delivery{}, false
		}
		sum = sum.plus(d)
	}
	if !r.Pipeline.scaled() {
		return sum, true
	}
	sum.Sent = 0
	for _, name := range r.gateways() {
		d, ok := r.delivered[name]
		if !ok {
			return Delivery{}, false
		}
		if kind(name) == gateway { // the second set has the same traces
			d.Accepted = 0 // from agents, not from services
			sum = sum.plus(d)
		}
	}
	return sum, true
}

func (d Delivery) plus(e Delivery) Delivery {
	return Delivery{
		Accepted: d.Accepted + e.Accepted, Refused: d.Refused + e.Refused, Failed: d.Failed + e.Failed, Sent: d.Sent + e.Sent,
		Queued: d.Queued + e.Queued, Bytes: d.Bytes + e.Bytes,
		Tail: Tail{
			Began: d.Tail.Began + e.Tail.Began, Decided: d.Tail.Decided + e.Tail.Decided, Kept: d.Tail.Kept + e.Tail.Kept,
			Evicted: d.Tail.Evicted + e.Tail.Evicted, Held: d.Tail.Held + e.Tail.Held,
		},
	}
}

// awaitDelivery waits until a Collector has sent all spans, or until a timeout, and records its counts. Those that send to it must
// have been stopped.
func (r *Run) awaitDelivery(ctx context.Context, p *Process) {
	timeout := deliverTimeout
	if kind(p.Name) != Collector {
		timeout = decideTimeout
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	notice := time.NewTimer(time.Second)
	defer notice.Stop()
	work := ending{fromKafka: r.Pipeline.HasKafka() && kind(p.Name) != Collector}
	for {
		d, err := r.DeliveredBy(ctx, p.Name)
		if err != nil {
			return // the last counts that were read stay
		}
		r.record(p.Name, d)
		if work.done(d) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-p.ended:
			return
		case <-notice.C:
			if timeout == decideTimeout {
				r.console.Say("Waiting until %s has decided on its last traces, for at most %v.", p.Name, timeout)
			}
		case <-poll.C:
		}
	}
}

func (r *Run) record(name string, d Delivery) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.delivered == nil {
		r.delivered = make(map[string]Delivery)
	}
	r.delivered[name] = d
}

// Delivered asks the running Collector for its counts.
func (r *Run) Delivered(ctx context.Context) (Delivery, error) { return r.DeliveredBy(ctx, Collector) }

// DeliveredBy asks an agent or a gateway for its counts.
func (r *Run) DeliveredBy(ctx context.Context, name string) (Delivery, error) {
	text, err := r.metrics(ctx, name)
	if err != nil {
		return Delivery{}, err
	}
	return readCounters(text)
}

// Metric asks an agent or a gateway for the sum of one of its metrics.
func (r *Run) Metric(ctx context.Context, program, name string) (float64, error) {
	text, err := r.metrics(ctx, program)
	if err != nil {
		return 0, err
	}
	sum, err := sumOf(text, name)
	if err != nil {
		return 0, fmt.Errorf("metrics of %s: %w", program, err)
	}
	return sum, nil
}

func (r *Run) metrics(ctx context.Context, program string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, metricsTimeout)
	defer cancel()
	text, err := rest.Fetch(ctx, http.DefaultClient, r.ownMetrics(program))
	if err != nil {
		return "", fmt.Errorf("ask %s for its metrics: %w", program, err)
	}
	return string(text), nil
}
