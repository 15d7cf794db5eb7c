package story

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"spanwise/doctor/trace"
	"spanwise/internal/fault"
	"spanwise/lab/bench"
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

// The shares are those of the policies in deploy/otelcol-tail.yaml.
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

// whole returns the trace of a request with one call of pricing. Of order's spans one stands for weight, of pricing's for calls.
func whole(weight, calls float64) *trace.Trace {
	return trace.New("1", []*trace.Span{
		{ID: "1", Service: "order", Kind: trace.Server, Duration: 2, Weight: weight},
		{ID: "2", ParentID: "1", Service: "pricing", Kind: trace.Server, Duration: 1, Weight: calls},
	})
}

// sampled returns what is left if so many traces of each kind are kept, with the weights that the way gives them.
func sampled(way Way, kept ...int) Sampled {
	s := Sampled{Way: way, Kept: make([]int, len(Kinds)), Requests: make([]Estimate, len(Kinds)), Says: []string{"a", "b", "c", "d", "e", "f"}}
	for kind, n := range kept {
		for range n {
			s.add(kind, whole(1/way.keeps(kind), 1/way.keeps(kind)))
		}
	}
	return s
}

// Ways by their names.
var all, head, consistent, tail, both = Ways[0], Ways[1], Ways[2], Ways[3], Ways[4]

// A trace is counted as whole, as partial, or as pricing's part alone, and its requests and calls by the thresholds.
func TestAdd(t *testing.T) {
	s := Sampled{Kept: make([]int, len(Kinds)), Requests: make([]Estimate, len(Kinds))}
	s.add(ordinary, whole(10, 2))
	part := trace.New("2", []*trace.Span{{ID: "2", ParentID: "1", Service: "pricing", Kind: trace.Server, Duration: 1, Weight: 2}})
	s.add(ordinary, part)
	torn := trace.New("3", []*trace.Span{{ID: "1", Service: "order", Duration: 9}, {ID: "3", ParentID: "2", Service: "inventory", Duration: 1}})
	s.add(ordinary, torn)
	if s.Whole != 1 || s.Partial != 1 || s.Parts != 1 || s.Kept[ordinary] != 2 {
		t.Errorf("got %d whole, %d partial, %d parts, %d kept, want 1, 1, 1 and 2", s.Whole, s.Partial, s.Parts, s.Kept[ordinary])
	}
	if s.Requests[ordinary].Value != 10 || s.Calls.Value != 4 {
		t.Errorf("got %v requests and %v calls, want 10 and 4", s.Requests[ordinary].Value, s.Calls.Value)
	}
}

// The standard error is that of the Horvitz-Thompson estimator: 100 spans that stand for 10 each are 1,000, give or take 95.
func TestEstimate(t *testing.T) {
	var e Estimate
	for range 100 {
		e.add(1, 10)
	}
	for truth, want := range map[float64]string{1000: "1,000 ± 95    exact", 800: "1,000 ± 95    +25 %"} {
		if got := e.against(truth); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	var loops Estimate // two traces with 50 calls each, of which half are kept
	loops.add(50, 2)
	loops.add(50, 2)
	if got, want := loops.against(100), "200 ± 100  +100 %"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What must be kept and is not is an error, and so is a share or a weight that chance does not explain.
func TestCheckSampled(t *testing.T) {
	unweighed := sampled(head, 1, 1, 1, 1, 97)
	unweighed.Requests[ordinary] = Estimate{Value: 97}
	partial := sampled(all, 10, 10, 5, 5, 970)
	partial.Partial = 3
	parts := sampled(head, 1, 1, 0, 1, 97)
	parts.Parts = 390
	own := sampled(consistent, 1, 1, 0, 1, 97)
	own.Parts = 390
	for _, test := range []struct {
		result Sampled
		want   string
	}{
		{sampled(all, 10, 10, 5, 5, 970), ""},
		{sampled(all, 10, 10, 5, 5, 969), "SAMPLING=all: 969 of 970 ordinary are kept, want about 970"},
		{sampled(head, 0, 2, 0, 1, 97), ""},
		{sampled(head, 1, 1, 1, 1, 970), "SAMPLING=head:10%: 970 of 970 ordinary are kept, want about 97"},
		{unweighed, "the thresholds say that there were 137 requests, want 1000"},
		{sampled(tail, 10, 10, 5, 0, 97), ""},
		{sampled(tail, 9, 10, 5, 0, 97), "SAMPLING=tail: 9 of 10 failed are kept"},
		{sampled(tail, 10, 10, 4, 0, 0), "SAMPLING=tail: 0 of 970 ordinary"},
		{sampled(both, 5, 6, 2, 1, 97), ""},
		{partial, "3 traces are partial"},
		{parts, "390 traces have only spans of pricing"},
		{own, ""},
	} {
		switch err := test.result.Check(sampled(all, 10, 10, 5, 5, 970)); {
		case err == nil && test.want != "", err != nil && (test.want == "" || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s %v: got %v, want %q", test.result.Way, test.result.Kept, err, test.want)
		}
	}
}

// The table has a column for each way to sample, says how far each estimate is off, and what each costs if that was measured.
func TestTable(t *testing.T) {
	results := []Sampled{sampled(all, 10, 10, 5, 5, 970), sampled(both, 5, 5, 2, 1, 101)}
	if got := Table(results); strings.Contains(got, "processor time") {
		t.Errorf("got costs that were not measured:\n%s", got)
	}
	for i := range results {
		results[i].Cost = &bench.Cost{Programs: bench.Figure{Value: 0.5, Low: 0.25, High: 1, N: 5}, Jaeger: bench.Figure{Value: 0.0625}}
	}
	got := Table(results)
	for _, want := range []string{
		"SAMPLING=                                     all                tail\n",
		"  ORDER_SAMPLING=                                            head:50%\n",
		"kept of 1,000 traces                        1,000                 114\n",
		"  of 5 N+1, fast                                5                   1\n",
		"  1,000 requests              1,000 ± 0     exact 1,044 ± 96     +4 %\n",
		"share of failed: true 1.0 %                 1.0 %               1.0 %\n",
		"  without the thresholds                    1.0 %               4.4 %\n",
		"  Jaeger                                  0.062 s             0.062 s\n",
		"the median of 5 turns\n",
		"  all programs                   0.50 (0.25–1.00)    0.50 (0.25–1.00)\n",
		"doctor -service order, with tail, order head:50%, of which it reads 0 traces:\n  1. a\n  2. b\n  3. c\n  4. d\n  and 2 more\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got no\n%s\nin\n%s", want, got)
		}
	}
}
