package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor"
	"spanwise/doctor/report"
	"spanwise/doctor/trace"
)

// call is a trace in which a calls b n times, us microseconds each.
func call(n int, us trace.Micros) report.Case {
	root := &trace.Span{ID: "r", Service: "a", Name: "GET /", Kind: trace.Server, Duration: trace.Micros(n)*us + 1000}
	spans := []*trace.Span{root}
	for i := range n {
		id, start := string(rune('A'+i)), 500+trace.Micros(i)*us
		spans = append(spans,
			&trace.Span{ID: id, ParentID: "r", Service: "a", Name: "GET", Kind: trace.Client, Start: start, Duration: us},
			&trace.Span{ID: id + "'", ParentID: id, Service: "b", Name: "GET /b", Kind: trace.Server, Start: start + 100, Duration: us - 100})
	}
	t := trace.New("t", spans)
	return report.Case{Trace: t, Report: doctor.Report{TraceID: "t", Root: doctor.Root{Service: "a", Operation: "GET /", DurationUS: root.Duration}, Spans: len(spans)}}
}

// A set of traces is compared per trace: count, time and share of the critical path of services, edges and operations.
func TestCompare(t *testing.T) {
	got := report.Compare(report.Side{Name: "before", Cases: []report.Case{call(4, 10_000), call(2, 10_000)}}, report.Side{Name: "after", Cases: []report.Case{call(1, 10_000)}})
	want := report.Comparison{
		A: report.Summary{Name: "before", Traces: 2, DurationUS: 31_000},
		B: report.Summary{Name: "after", Traces: 1, DurationUS: 11_000},
		Differences: []report.Difference{
			{What: report.Service, Service: "b", A: report.Stats{Count: 3, DurationUS: 29_700, CriticalPathUS: 29_700, CriticalPathShare: 59_400. / 62_000},
				B: report.Stats{Count: 1, DurationUS: 9_900, CriticalPathUS: 9_900, CriticalPathShare: 9_900. / 11_000}},
			{What: report.Service, Service: "a", A: report.Stats{Count: 1, DurationUS: 31_000, CriticalPathUS: 1_000, CriticalPathShare: 2_000. / 62_000},
				B: report.Stats{Count: 1, DurationUS: 11_000, CriticalPathUS: 1_000, CriticalPathShare: 1_000. / 11_000}},
			{What: report.Edge, Service: "a", Callee: "b", A: report.Stats{Count: 3, DurationUS: 30_000, CriticalPathUS: 300, CriticalPathShare: 600. / 62_000},
				B: report.Stats{Count: 1, DurationUS: 10_000, CriticalPathUS: 100, CriticalPathShare: 100. / 11_000}},
			{What: report.Operation, Service: "b", Operation: "GET /b", A: report.Stats{Count: 3, DurationUS: 29_700, CriticalPathUS: 29_700, CriticalPathShare: 59_400. / 62_000},
				B: report.Stats{Count: 1, DurationUS: 9_900, CriticalPathUS: 9_900, CriticalPathShare: 9_900. / 11_000}},
			{What: report.Operation, Service: "a", Operation: "GET", A: report.Stats{Count: 3, DurationUS: 30_000, CriticalPathUS: 300, CriticalPathShare: 600. / 62_000},
				B: report.Stats{Count: 1, DurationUS: 10_000, CriticalPathUS: 100, CriticalPathShare: 100. / 11_000}},
			{What: report.Operation, Service: "a", Operation: "GET /", A: report.Stats{Count: 1, DurationUS: 31_000, CriticalPathUS: 1_000, CriticalPathShare: 2_000. / 62_000},
				B: report.Stats{Count: 1, DurationUS: 11_000, CriticalPathUS: 1_000, CriticalPathShare: 1_000. / 11_000}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("comparison (-want +got):\n%s", diff)
	}
}

// The tables of a comparison fit the window, however narrow.
func TestCompareFits(t *testing.T) {
	c := report.Compare(report.Side{Name: "before.json", Cases: []report.Case{call(4, 10_000)}}, report.Side{Name: "after.json", Cases: []report.Case{call(1, 123_456)}})
	for columns := 60; columns < 130; columns++ {
		var b bytes.Buffer
		if err := c.Terminal(&b, report.Look{Width: columns}); err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(b.String()) {
			if n := len([]rune(strings.TrimRight(l, "\n"))); n > columns {
				t.Errorf("%d of %d columns: %s", n, columns, l)
			}
		}
	}
}

// A ranking counts each cause once, with the time it cost in all traces, and leads to the trace that shows it best.
func TestRanking(t *testing.T) {
	cases := []report.Case{books(t), books(t), call(1, 5000)}
	cases[0].Report.TraceID = "first"
	cases[1].Report.Findings[0].CriticalPathUS += 50_000
	for i := range cases {
		cases[i].Report.Notes = append(cases[i].Report.Notes, "only the newest 3 were read")
	}
	var b bytes.Buffer
	if err := report.Ranking(&b, cases, report.Look{Width: 90, From: []string{"-jaeger", "http://j"}}); err != nil {
		t.Fatal(err)
	}
	golden(t, "ranking.txt", b.Bytes())
}

// Traces that a sampler kept by a share count as many times as they stand for: here half of the books were kept, and every call.
func TestRankingWeighed(t *testing.T) {
	cases := []report.Case{books(t), books(t), call(1, 5000)}
	for _, c := range cases[:2] {
		for _, s := range c.Trace.Spans {
			s.Weight = 2
		}
	}
	var b bytes.Buffer
	if err := report.Ranking(&b, cases, report.Look{Width: 90}); err != nil {
		t.Fatal(err)
	}
	golden(t, "ranking-weighed.txt", b.Bytes())
}
