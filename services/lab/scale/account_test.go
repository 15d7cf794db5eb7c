package scale

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// traceOf returns a trace of a kind.
func traceOf(seed uint64, kind Kind) Trace {
	return newTrace(rand.New(rand.NewPCG(seed, 0)), kind, time.Unix(int64(seed), 0))
}

// put stores the first n spans of a trace, each that often.
func (s stock) put(t Trace, n, times int) {
	s[t.String()] = map[string]int{"ffffffffffffffff": 1} // a span of another trace, which does not count
	for _, id := range t.SpanIDs()[:n] {
		s[t.String()][id] = times
	}
}

func failedOrSlow(t Trace) bool { return t.Kind != Normal }

// Each trace counts once, as whole, partial or missing, by its kind; a copy makes no trace whole.
func TestAccount(t *testing.T) {
	whole, cut, gone := traceOf(1, Failed), traceOf(2, Failed), traceOf(3, Slow)
	dropped, kept, part := traceOf(4, Normal), traceOf(5, Normal), traceOf(6, Normal)
	found := stock{}
	found.put(whole, spansEach, 1)
	found.put(cut, spansEach-1, 2)
	found.put(kept, spansEach, 3)
	found.put(part, 1, 1)
	r := rules{
		wanted: failedOrSlow, mayLose: func(t Trace, _ int) bool { return t == gone }, dropped: func(t Trace) bool { return t.Kind == Normal },
	}
	a := r.account([]Trace{whole, cut, gone, dropped, kept, part}, found)
	if got, want := a.of(Failed, Slow), (Tally{Sent: 3, Wanted: 3, Kept: 1, Missing: 1, Partial: 1, Allowed: 1}); got != want {
		t.Errorf("failed and slow: got %+v, want %+v", got, want)
	}
	if got, want := a.of(Normal), (Tally{Sent: 3, Partial: 1, Extra: 1}); got != want {
		t.Errorf("normal: got %+v, want %+v", got, want)
	}
	if want := spansEach - 1 + 2*spansEach; a.Copies != want {
		t.Errorf("got %d copies, want %d", a.Copies, want)
	}
	names := []string{
		"trace " + cut.String() + " (failed): 7 of 8 spans",
		"trace " + part.String() + " (normal): 1 of 8 spans", // kept although nobody wants it, and not even whole
	}
	if !slices.Equal(a.First, names) {
		t.Errorf("got %q, want %q", a.First, names)
	}
}

// The ids of all traces and spans differ.
func TestIDs(t *testing.T) {
	random, seen := rand.New(rand.NewPCG(1, 0)), map[string]bool{}
	for range 1000 {
		trace := newTrace(random, Normal, time.Now())
		for _, id := range append(trace.SpanIDs(), trace.String()) {
			if seen[id] {
				t.Fatalf("%s is used twice", id)
			}
			seen[id] = true
		}
	}
}

// About a tenth of the ids is in the share that is kept anyway, and always the same.
func TestInShare(t *testing.T) {
	random, n := rand.New(rand.NewPCG(1, 0)), 0
	for range 10_000 {
		if newTrace(random, Normal, time.Now()).InShare() {
			n++
		}
	}
	if n < 900 || n > 1100 {
		t.Errorf("%d of 10,000 traces are in the share, want about 1,000", n)
	}
}

// Sampling by the share goes by the last 56 bits of the id, which it only does if the spans carry a threshold; th:0 keeps all.
func TestShareBits(t *testing.T) {
	trace := Trace{ID: [16]byte{8: 0xff, 9: 0xe6, 10: 0x66, 11: 0x66, 12: 0x66, 13: 0x66, 14: 0x66}}
	for last, want := range map[byte]bool{0x65: false, 0x66: true} {
		trace.ID[15] = last
		if got := trace.InShare(); got != want {
			t.Errorf("%s: got %v, want %v: 90 %% of 2^56 is e6666666666666", trace, got, want)
		}
	}
	if got := trace.span(0).TraceState; got != "ot=th:0" {
		t.Errorf("the spans have the trace state %q, want what services write with SAMPLING=tail", got)
	}
}
