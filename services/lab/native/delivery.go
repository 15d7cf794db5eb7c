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
	Refused  int64 // because of the memory limit; the services send them again
	Failed   int64 // lost, because the queue on disk was full
	Sent     int64 // to Jaeger, including those that an earlier run left in the queue
	Queued   int64 // on disk, for Jaeger
	Bytes    int64 // of the spans that were sent; 0 unless OTELCOL_METRICS_LEVEL=detailed
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

// The Collector's own metrics:
// https://opentelemetry.io/docs/collector/internal-telemetry/#lists-of-internal-metrics
// and those of the tail_sampling processor:
// https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/v0.158.0/processor/tailsamplingprocessor/documentation.md
const (
	acceptedName = "otelcol_receiver_accepted_spans"
	refusedName  = "otelcol_receiver_refused_spans"
	failedName   = "otelcol_exporter_enqueue_failed_spans"
	sentName     = "otelcol_exporter_sent_spans"
	queuedName   = "otelcol_exporter_queue_size"
	bytesName    = "otelcol_exporter_queue_batch_send_size_bytes_sum"
	tailName     = "otelcol_processor_tail_sampling_"
	beganName    = tailName + "new_trace_id_received"
	decidedName  = tailName + "global_count_traces_sampled"
	evictedName  = tailName + "sampling_trace_dropped_too_early"
	heldName     = tailName + "sampling_traces_on_memory"
)

// spansOnly are the labels of those metrics that other signals have too.
var spansOnly = map[string]string{queuedName: `data_type="traces"`, bytesName: `exporter="otlp_grpc/jaeger"`}

const (
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
		d, err := r.Delivered(ctx)
		if err != nil {
			return // the last counts that were read stay
		}
		r.mu.Lock()
		r.delivered = &d
		r.mu.Unlock()
		if d.Waiting() == 0 && d.Tail.Undecided() == 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
		}
	}
}

// Delivered asks the running Collector for its counts.
func (r *Run) Delivered(ctx context.Context) (Delivery, error) {
	text, err := rest.Fetch(ctx, http.DefaultClient, r.URL(collectorSelf)+"/metrics")
	if err != nil {
		return Delivery{}, fmt.Errorf("ask the Collector for its metrics: %w", err)
	}
	return readCounters(string(text))
}

// readCounters adds up the counters of a Collector in the text format of Prometheus
// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
func readCounters(text string) (d Delivery, err error) {
	sums := map[string]*int64{
		acceptedName: &d.Accepted, refusedName: &d.Refused, failedName: &d.Failed, sentName: &d.Sent, queuedName: &d.Queued, bytesName: &d.Bytes,
		beganName: &d.Tail.Began, decidedName: &d.Tail.Decided, evictedName: &d.Tail.Evicted, heldName: &d.Tail.Held,
	}
	for line := range strings.Lines(text) {
		end := strings.IndexAny(line, "{ ")
		if end < 0 || sums[line[:end]] == nil {
			continue
		}
		name, labels := line[:end], strings.TrimSpace(line[end:])
		if of := spansOnly[name]; !strings.Contains(labels, of) {
			continue
		}
		n, err := strconv.ParseFloat(labels[strings.LastIndexByte(labels, ' ')+1:], 64)
		if err != nil {
			return d, fmt.Errorf("read %s: %w", name, err)
		}
		*sums[name] += int64(n)
		if name == decidedName && strings.Contains(labels, `sampled="true"`) {
			d.Tail.Kept += int64(n)
		}
	}
	return d, nil
}
