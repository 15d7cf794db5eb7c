package native

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"spanwise/internal/rest"
)

// A Delivery counts the spans that the Collector accepted and sent since it started.
type Delivery struct {
	Accepted int64 // from the services
	Sent     int64 // to Jaeger, including those that an earlier run left in the queue
	Queued   int64 // on disk, for Jaeger
}

// Waiting returns how many spans stay in the Collector's queue on disk until its next start.
func (d Delivery) Waiting() int64 { return max(d.Queued, d.Accepted-d.Sent) }

const (
	// acceptedName, sentName and queuedName are the Collector's own metrics:
	// https://opentelemetry.io/docs/collector/internal-telemetry/#lists-of-internal-metrics
	acceptedName = "otelcol_receiver_accepted_spans"
	sentName     = "otelcol_exporter_sent_spans"
	queuedName   = "otelcol_exporter_queue_size"
	// queueOfSpans is the label of the queue for Jaeger. Log records have another queue.
	queueOfSpans = `data_type="traces"`
	// deliverTimeout bounds the wait for the last spans to be sent. Usually it takes a quarter of a second.
	deliverTimeout = 3 * time.Second
)

// Delivery returns the counts of a run that was stopped. They are unknown if the Collector exited too early.
func (r *Run) Delivery() (Delivery, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.delivered == nil {
		return Delivery{}, false
	}
	return *r.delivered, true
}

// awaitDelivery waits until the Collector has sent all spans, or until deliverTimeout, and records the counts. The
// services must have been stopped.
func (r *Run) awaitDelivery(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliverTimeout)
	defer cancel()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		text, err := rest.Fetch(ctx, http.DefaultClient, r.URL(collectorSelf)+"/metrics")
		if err != nil {
			return // the last counts that were read stay
		}
		d, err := readCounters(string(text))
		if err != nil {
			return
		}
		r.mu.Lock()
		r.delivered = &d
		r.mu.Unlock()
		if d.Waiting() == 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
		}
	}
}

// readCounters adds up the counters of a Collector in the text format of Prometheus
// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
func readCounters(text string) (d Delivery, err error) {
	sums := map[string]*int64{acceptedName: &d.Accepted, sentName: &d.Sent, queuedName: &d.Queued}
	for line := range strings.Lines(text) {
		name, rest, found := strings.Cut(strings.TrimSpace(line), "{")
		sum := sums[name]
		if !found || sum == nil || name == queuedName && !strings.Contains(rest, queueOfSpans) {
			continue
		}
		n, err := strconv.ParseFloat(rest[strings.LastIndexByte(rest, ' ')+1:], 64)
		if err != nil {
			return d, fmt.Errorf("read %s: %w", name, err)
		}
		*sum += int64(n)
	}
	return d, nil
}
