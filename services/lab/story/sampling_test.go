package story

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"spanwise/doctor/trace"
	"spanwise/internal/fault"
	"spanwise/internal/sampling"
)

// The requests are a thousand, the same every time, of every kind as many as promised, and with parameters that exist.
func TestTraffic(t *testing.T) {
	calls := traffic()
	if again := traffic(); !slices.Equal(calls, again) || len(calls) != 1000 {
		t.Errorf("got %d requests, the same again: %v, want 1,000 of the same", len(calls), slices.Equal(calls, again))
	}
	counts := make([]int, len(Kinds))
	for _, c := range calls {
		counts[c.kind]++
		_, query, _ := strings.Cut(c.request.Path, "?")
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fault.Parse(values); err != nil {
			t.Errorf("%s: %v", c.request, err)
		}
	}
	for kind, k := range Kinds {
		if counts[kind] != k.Count {
			t.Errorf("%s: got %d, want %d", k.Name, counts[kind], k.Count)
		}
	}
}

// whole returns a trace of one span of that length.
func whole(length time.Duration) *trace.Trace {
	return trace.New("1", []*trace.Span{{ID: "1", Service: "order", Kind: trace.Server, Duration: trace.Micros(length.Microseconds())}})
}

// A kept trace stands for as many requests as the rule by which it was kept says.
func TestWeight(t *testing.T) {
	all, head, tail := sampling.Mode{}, sampling.Mode{Head: share}, sampling.Mode{Tail: true}
	for _, test := range []struct {
		mode   sampling.Mode
		kind   int
		length time.Duration
		want   float64
	}{
		{all, ordinary, time.Millisecond, 1},
		{head, ordinary, time.Millisecond, 10},
		{head, failed, time.Millisecond, 10},
		{tail, ordinary, time.Millisecond, 10},
		{tail, fastLoop, time.Millisecond, 10},
		{tail, failed, time.Millisecond, 1},
		{tail, slow, time.Second, 1},
		{tail, ordinary, time.Second, 1}, // by chance
	} {
		s := Sampled{Mode: test.mode}
		if got := s.weight(test.kind, whole(test.length)); got != test.want {
			t.Errorf("%s, %s, %v: got %v, want %v", test.mode, Kinds[test.kind].Name, test.length, got, test.want)
		}
	}
}

// The weights are those of the policies in deploy/otelcol-tail.yaml.
func TestPolicies(t *testing.T) {
	text, err := os.ReadFile("../../../deploy/otelcol-tail.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("threshold_ms: %d}", threshold.Milliseconds()), fmt.Sprintf("sampling_percentage: %.0f}", 100*share), "status_codes: [ERROR]"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("got no %s in\n%s", want, text)
		}
	}
}

// sampled returns what ideal sampling leaves.
func sampled(mode sampling.Mode, kept ...int) Sampled {
	s := Sampled{Mode: mode, Kept: make([]int, len(Kinds)), Estimate: make([]float64, len(Kinds)), Says: []string{"a", "b", "c", "d", "e", "f"}}
	for kind, n := range kept {
		for range n {
			s.add(kind, whole(map[int]time.Duration{slow: time.Second, slowLoop: time.Second}[kind]+time.Millisecond))
		}
	}
	return s
}

// What must be kept and is not is an error, and so is a share that chance does not explain.
func TestCheckSampled(t *testing.T) {
	all, head, tail := sampling.Mode{}, sampling.Mode{Head: share}, sampling.Mode{Tail: true}
	for _, test := range []struct {
		result Sampled
		want   string
	}{
		{sampled(all, 10, 10, 5, 5, 970), ""},
		{sampled(all, 10, 10, 5, 5, 969), "SAMPLING=all: 969 of 970 ordinary are kept"},
		{sampled(head, 0, 2, 0, 1, 97), ""},
		{sampled(head, 1, 1, 1, 1, 970), "SAMPLING=head:10%: 970 of 970 ordinary requests are kept, want about 97"},
		{sampled(tail, 10, 10, 5, 0, 97), ""},
		{sampled(tail, 9, 10, 5, 0, 97), "SAMPLING=tail: 9 of 10 failed are kept"},
		{sampled(tail, 10, 10, 4, 0, 0), "SAMPLING=tail: 0 of 970 ordinary"},
	} {
		switch err := test.result.Check(); {
		case err == nil && test.want != "", err != nil && (test.want == "" || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s %v: got %v, want %q", test.result.Mode, test.result.Kept, err, test.want)
		}
	}
	partial := sampled(all, 10, 10, 5, 5, 970)
	partial.Partial = 3
	if err := partial.Check(); err == nil || !strings.Contains(err.Error(), "3 traces are partial") {
		t.Errorf("got %v, want an error about 3 partial traces", err)
	}
}

// The table has a column for each way to sample, and says how far each estimate is off.
func TestTable(t *testing.T) {
	got := Table([]Sampled{sampled(sampling.Mode{}, 10, 10, 5, 5, 970), sampled(sampling.Mode{Tail: true}, 10, 10, 5, 1, 101)})
	for _, want := range []string{
		"SAMPLING=                                        all              tail\n",
		"kept of 1,000 traces                           1,000               127\n",
		"  of 5 N+1, fast                                   5                 1\n",
		"  1,000 requests                       1,000   exact    1,045     +5 %\n",
		"  10 N+1s                                 10   exact       15    +50 %\n",
		"  failed, not weighted (true: 1 %)             1.0 %             7.9 %\n",
		"doctor -service order, with tail, of which it reads 0 traces:\n  1. a\n  2. b\n  3. c\n  4. d\n  and 2 more\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got no\n%s\nin\n%s", want, got)
		}
	}
}
