package read_test

import (
	"fmt"
	"testing"
)

// The threshold of a sampler is read from the trace state, which OTLP has as a field and Jaeger as a tag.
func TestWeight(t *testing.T) {
	for name, input := range map[string]string{
		"OTLP": `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"op",
			"traceState":"congo=1,ot=th:8","startTimeUnixNano":"1000","endTimeUnixNano":"2000"}]}]}]}`,
		"Jaeger": `{"traceID":"t","processes":{"p":{"serviceName":"a"}},"spans":[{"spanID":"1","operationName":"op","startTime":1,"duration":9,"processID":"p",
			"tags":[{"key":"w3c.tracestate","type":"string","value":"ot=th:8"}]}]}`,
	} {
		if got := one(t, input).Spans[0].Weight; got != 2 {
			t.Errorf("%s: got a weight of %g, want 2", name, got)
		}
	}
}

// Of two copies of a span, the one with the lower weight counts, in whichever order they are stored.
func TestWeightOfCopies(t *testing.T) {
	const copyOf = `{"spanID":"1","operationName":"op","startTime":1,"duration":9,"processID":"p","tags":[{"key":"w3c.tracestate","type":"string","value":"ot=th:%s"}]}`
	for _, thresholds := range [][2]string{{"0", "e666"}, {"e666", "0"}} {
		input := fmt.Sprintf(`{"traceID":"t","processes":{"p":{"serviceName":"a"}},"spans":[`+copyOf+","+copyOf+`]}`, thresholds[0], thresholds[1])
		if got := one(t, input).Spans; len(got) != 1 || got[0].Weight != 1 {
			t.Errorf("%s: got %d spans with the weight %g, want one with 1", thresholds, len(got), got[0].Weight)
		}
	}
}
