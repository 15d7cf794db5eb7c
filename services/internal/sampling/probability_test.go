package sampling

import (
	"context"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// sample asks a sampler about a trace that ends in those bytes, whose caller has sent a trace state.
func sample(t *testing.T, sampler sdktrace.Sampler, id, state string) sdktrace.SamplingResult {
	t.Helper()
	parsed, err := trace.ParseTraceState(state)
	if err != nil {
		t.Fatal(err)
	}
	var traceID trace.TraceID
	if _, err := hex.Decode(traceID[16-len(id)/2:], []byte(id)); err != nil {
		t.Fatal(err)
	}
	parent := trace.ContextWithRemoteSpanContext(context.Background(), trace.NewSpanContext(trace.SpanContextConfig{TraceState: parsed}))
	return sampler.ShouldSample(sdktrace.SamplingParameters{ParentContext: parent, TraceID: traceID})
}

// The last 56 bits of the trace id decide, unless the trace state has others. The trace state of a kept span has the sampler's threshold
// in place of the caller's, that of a dropped span has none, and both keep everything else.
func TestProbability(t *testing.T) {
	for _, test := range []struct {
		share     float64
		id, state string
		kept      bool
		want      string // the trace state
	}{
		{1, "00000000000000", "", true, "ot=th:0"},
		{0.5, "80000000000000", "", true, "ot=th:8"},
		{0.5, "7fffffffffffff", "", false, ""},
		{0.5, "ff7fffffffffffff", "", false, ""}, // the byte before the last 56 bits does not count
		{0.1, "e6660000000000", "", true, "ot=th:e666"},
		{0.1, "e665ffffffffff", "", false, ""},
		{0.001, "ffbe7700000000", "", true, "ot=th:ffbe77"},
		{0.5, "ffffffffffffff", "a=b,ot=th:e666;x:y", true, "ot=th:8;x:y,a=b"},
		{0.5, "00000000000000", "a=b,ot=th:0;x:y", false, "ot=x:y,a=b"},
		{0.5, "00000000000000", "ot=th:0,a=b", false, "a=b"},
		{0.5, "00000000000000", "ot=rv:80000000000000", true, "ot=th:8;rv:80000000000000"},
		{0.5, "ffffffffffffff", "ot=rv:7fffffffffffff", false, "ot=rv:7fffffffffffff"},
		{0.5, "ffffffffffffff", "ot=rv:7", true, "ot=th:8;rv:7"}, // too short to be one
	} {
		got := sample(t, Probability(test.share), test.id, test.state)
		if kept := got.Decision == sdktrace.RecordAndSample; kept != test.kept || got.Tracestate.String() != test.want {
			t.Errorf("%g, %s, %q: got kept %v, %q, want %v, %q", test.share, test.id, test.state, kept, got.Tracestate.String(), test.kept, test.want)
		}
	}
}

// A sampler keeps as many traces as its share says, and all that one with a smaller share keeps.
func TestProbabilityIsConsistent(t *testing.T) {
	const traces = 20_000
	random := rand.New(rand.NewPCG(1, 2))
	small, large := Probability(0.1), Probability(0.25)
	counts := map[sdktrace.Sampler]float64{}
	for range traces {
		var id [7]byte
		for i := range id {
			id[i] = byte(random.Uint32())
		}
		kept := map[sdktrace.Sampler]bool{}
		for _, s := range []sdktrace.Sampler{small, large} {
			if kept[s] = sample(t, s, hex.EncodeToString(id[:]), "").Decision == sdktrace.RecordAndSample; kept[s] {
				counts[s]++
			}
		}
		if kept[small] && !kept[large] {
			t.Fatalf("trace %x: 10 %% keep it and 25 %% do not", id)
		}
	}
	for s, share := range map[sdktrace.Sampler]float64{small: 0.1, large: 0.25} {
		if deviation := math.Sqrt(traces * share * (1 - share)); math.Abs(counts[s]-traces*share) > 4*deviation {
			t.Errorf("%s: got %v of %d traces, want about %v", s.Description(), counts[s], traces, traces*share)
		}
	}
}

// The rounded threshold stands for nearly the share that was asked for, however small that is.
func TestThresholdPrecision(t *testing.T) {
	for share := 1.0; share > 1e-9; share *= 0.37 {
		if got := float64(randomValues-thresholdOf(share)) / randomValues; math.Abs(got-share)/share > 1.0/4000 {
			t.Errorf("got a share of %g, want %g", got, share)
		}
	}
}
