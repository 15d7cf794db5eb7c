package native

import (
	"fmt"
	"strconv"
	"strings"
)

// The Collector's own metrics:
// https://opentelemetry.io/docs/collector/internal-telemetry/#lists-of-internal-metrics
// and those of the tail_sampling processor:
// https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/v0.158.0/processor/tailsamplingprocessor/documentation.md
const (
	acceptedName = "otelcol_receiver_accepted_spans"
	refusedName  = "otelcol_receiver_refused_spans"
	failedName   = "otelcol_exporter_enqueue_failed_spans" // the queue was full
	givenUpName  = "otelcol_exporter_send_failed_spans"    // counted after all retries
	sentName     = "otelcol_exporter_sent_spans"
	queuedName   = "otelcol_exporter_queue_size"
	bytesName    = "otelcol_exporter_queue_batch_send_size_bytes_sum"
	lagName      = "otelcol_kafka_receiver_offset_lag"
	takenName    = "otelcol_kafka_receiver_partition_start"
	givenName    = "otelcol_kafka_receiver_partition_close"
	tailName     = "otelcol_processor_tail_sampling_"
	beganName    = tailName + "new_trace_id_received"
	decidedName  = tailName + "global_count_traces_sampled"
	evictedName  = tailName + "sampling_trace_dropped_too_early"
	heldName     = tailName + "sampling_traces_on_memory"
)

// spansOnly are the labels of those metrics that other signals have too.
var spansOnly = map[string]string{queuedName: `data_type="traces"`, bytesName: `exporter="otlp_grpc/jaeger"`}

// readCounters adds up the counters of a Collector.
func readCounters(text string) (d Delivery, err error) {
	sums := map[string]*int64{
		acceptedName: &d.Accepted, refusedName: &d.Refused, failedName: &d.Failed, givenUpName: &d.Failed, sentName: &d.Sent, queuedName: &d.Queued, bytesName: &d.Bytes,
		beganName: &d.Tail.Began, decidedName: &d.Tail.Decided, evictedName: &d.Tail.Evicted, heldName: &d.Tail.Held,
		lagName: &d.Lag, takenName: &d.Taken, givenName: &d.Given,
	}
	samples, err := readSamples(text)
	for _, s := range samples {
		if sums[s.name] == nil || !strings.Contains(s.labels, spansOnly[s.name]) {
			continue
		}
		*sums[s.name] += int64(s.value)
		if s.name == decidedName && strings.Contains(s.labels, `sampled="true"`) {
			d.Tail.Kept += int64(s.value)
		}
	}
	return d, err
}

// sumOf returns the sum of a metric's samples.
func sumOf(text, name string) (sum float64, err error) {
	samples, err := readSamples(text)
	if err != nil {
		return 0, err
	}
	found := false
	for _, s := range samples {
		if s.name == name {
			sum, found = sum+s.value, true
		}
	}
	if !found {
		return 0, fmt.Errorf("no metric %s", name)
	}
	return sum, nil
}

// A sample is a value of a metric, with its labels as they are written.
type sample struct {
	name, labels string
	value        float64
}

// readSamples reads the text format of Prometheus, without timestamps, as a Collector writes it
// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
func readSamples(text string) (samples []sample, err error) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		value := line[strings.LastIndexByte(line, ' ')+1:] // a label may contain spaces
		name, labels, _ := strings.Cut(strings.TrimSuffix(line, value), "{")
		s := sample{name: strings.TrimSpace(name), labels: labels}
		if s.value, err = strconv.ParseFloat(value, 64); err != nil {
			return nil, fmt.Errorf("read %s: %w", s.name, err)
		}
		samples = append(samples, s)
	}
	return samples, nil
}
