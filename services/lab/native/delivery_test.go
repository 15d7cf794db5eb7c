package native

import (
	"strings"
	"testing"
)

// The Collector's counters are added up over its receivers and exporters, and no other metrics are counted.
func TestReadCounters(t *testing.T) {
	const text = `# HELP otelcol_receiver_accepted_spans Number of spans taken
# TYPE otelcol_receiver_accepted_spans counter
otelcol_receiver_accepted_spans{receiver="otlp",transport="grpc"} 1.25e+06
otelcol_receiver_accepted_spans{receiver="otlp",transport="http"} 3
otelcol_receiver_refused_spans{receiver="otlp",transport="grpc"} 9
otelcol_exporter_sent_spans{exporter="otlp_grpc/jaeger",server_address="127.0.0.1"} 1250001
otelcol_exporter_enqueue_failed_spans{exporter="otlp_grpc/jaeger"} 4
otelcol_exporter_queue_size{data_type="traces"} 2
otelcol_exporter_queue_size{data_type="logs"} 5
otelcol_exporter_queue_batch_send_size_bytes_sum{exporter="otlp_grpc/jaeger"} 37079
otelcol_exporter_queue_batch_send_size_bytes_sum{exporter="otlp_http/lab"} 5
otelcol_exporter_queue_capacity{data_type="traces"} 1000000
`
	got, err := readCounters(text)
	if want := (Delivery{Accepted: 1_250_003, Refused: 9, Failed: 4, Sent: 1_250_001, Queued: 2, Bytes: 37_079}); err != nil || got != want || got.Waiting() != 2 {
		t.Errorf("got %+v, %v, want %+v and 2 waiting", got, err, want)
	}
	if _, err := readCounters(acceptedName + "{} many\n"); err == nil {
		t.Error("got no error for a value that is not a number")
	}
	for d, want := range map[Delivery]int64{
		{Accepted: 1, Sent: 5}:                                   0, // an earlier run's spans were passed on too
		{Accepted: 50, Sent: 100, Queued: 7}:                     7,
		{Accepted: 50, Sent: 40}:                                 10,
		{Accepted: 50, Sent: 5, Queued: 1, Tail: Tail{Began: 5}}: 1, // the others were not kept
	} {
		if got := d.Waiting(); got != want {
			t.Errorf("%+v: got %d waiting, want %d", d, got, want)
		}
	}
}

// The traces that tail sampling saw are counted by what it decided.
func TestReadTailSampling(t *testing.T) {
	const text = `otelcol_receiver_accepted_spans{receiver="otlp",transport="grpc"} 743
otelcol_processor_tail_sampling_count_traces_sampled{decision="sampled",policy="errors",sampled="true"} 1
otelcol_processor_tail_sampling_global_count_traces_sampled{decision="not_sampled",sampled="false"} 53
otelcol_processor_tail_sampling_global_count_traces_sampled{decision="sampled",sampled="true"} 9
otelcol_processor_tail_sampling_new_trace_id_received 65
otelcol_processor_tail_sampling_sampling_trace_dropped_too_early 1
otelcol_processor_tail_sampling_sampling_traces_on_memory 2
`
	got, err := readCounters(text)
	want := Delivery{Accepted: 743, Tail: Tail{Began: 65, Decided: 62, Kept: 9, Evicted: 1, Held: 2}}
	if err != nil || got != want || got.Tail.Undecided() != 2 || got.Waiting() != 0 {
		t.Errorf("got %+v, %v, want %+v and 2 undecided", got, err, want)
	}
}

// A metric is the sum of its samples, and not of those whose names only begin like it. One that is not there is an error.
func TestSumOf(t *testing.T) {
	const text = "# TYPE bytes counter\nbytes{partition=\"0\",of=\"a {b} c\"} 100\nbytes{partition=\"1\"} 2e+2\nbytes_uncompressed 5000\n\n"
	for name, want := range map[string]float64{"bytes": 300, "bytes_uncompressed": 5000} {
		if got, err := sumOf(text, name); got != want || err != nil {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, want)
		}
	}
	if _, err := sumOf(text, "byte"); err == nil || !strings.Contains(err.Error(), "no metric byte") {
		t.Errorf("got %v, want that it is not there", err)
	}
	for _, wrong := range []string{"bytes\n", "bytes{} \n", "bytes many\n"} {
		if _, err := sumOf(wrong, "bytes"); err == nil || !strings.Contains(err.Error(), "invalid syntax") {
			t.Errorf("%q: got %v, want that its value is not a number", wrong, err)
		}
	}
}
