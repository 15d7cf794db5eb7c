package native

import (
	"strings"
	"testing"
)

// The Collector's counters are added up over whom it takes spans from and passes them to, and nothing else is counted.
func TestReadCounters(t *testing.T) {
	const text = `# HELP otelcol_receiver_accepted_spans Number of spans taken
# TYPE otelcol_receiver_accepted_spans counter
otelcol_receiver_accepted_spans{receiver="otlp",transport="grpc"} 1.25e+06
otelcol_receiver_accepted_spans{receiver="otlp",transport="http"} 3
otelcol_receiver_refused_spans{receiver="otlp",transport="grpc"} 9
otelcol_exporter_sent_spans{exporter="otlp_grpc/jaeger",server_address="127.0.0.1"} 1250001
otelcol_exporter_queue_size{data_type="traces"} 2
`
	got, err := readCounters(strings.NewReader(text))
	if want := (Delivery{Taken: 1_250_003, Passed: 1_250_001}); err != nil || got != want || got.Waiting() != 2 {
		t.Errorf("got %+v, %v, want %+v and 2 waiting", got, err, want)
	}
	if _, err := readCounters(strings.NewReader(takenName + "{} many\n")); err == nil {
		t.Error("got no error for what is no number")
	}
	if got := (Delivery{Taken: 1, Passed: 5}).Waiting(); got != 0 {
		t.Errorf("got %d waiting where an earlier run's spans were passed on too, want 0", got)
	}
}
