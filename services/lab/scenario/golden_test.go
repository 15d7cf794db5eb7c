package scenario_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	diff "github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	oteltrace "go.opentelemetry.io/otel/trace"

	"spanwise/doctor/report"
	"spanwise/doctor/trace"
	"spanwise/lab/scenario"
	"spanwise/lab/scenario/scenariotest"
	"spanwise/order/shoptest"
)

var update = flag.Bool("update", false, "write the traces and reports of the catalogue to testdata")

// The report on each request of the catalogue is the one in its file, next to the trace that the services left. A request that
// computes takes a different time each time, so it has no file.
func TestGoldenReports(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, s scenario.Scenario, shop *shoptest.Shop) {
		if s.RealTime {
			t.Skip("real time is never the same twice")
		}
		golden(t, s.ID, played(t, s, shop))
	})
}

// Every golden file belongs to a scenario.
func TestGoldenFilesAreOfScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no files in testdata", err)
	}
	for _, file := range files {
		if _, err := scenario.Find(strings.TrimSuffix(filepath.Base(file), ".txtar")); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func golden(t *testing.T, id, got string) {
	t.Helper()
	file := filepath.Join("testdata", id+".txtar")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (try: go test -update)", err)
	}
	if d := diff.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got, -update if it is right):\n%s", file, d)
	}
}

// played plays every variant of a scenario and returns its traces and the report on the slowest, as txtar.
func played(t *testing.T, s scenario.Scenario, shop *shoptest.Shop) string {
	var out, sections strings.Builder
	fmt.Fprintf(&out, "%s: %s\n\n", s.ID, s.Title)
	times := scenario.Latencies
	if s.Resembles != "" {
		times = nearMissLatencies
	}
	var ids numbering
	play := func(r scenario.Request) scenariotest.Run {
		return ids.play(t, s, shop, with(r, times))
	}
	ordinary := sync.OnceValue(func() (traces []*trace.Trace) {
		for range ordinaryRuns {
			traces = append(traces, play(s.Baseline().Request).Own...)
		}
		return traces
	})
	for _, v := range s.Variants() {
		run := play(v.Request)
		fmt.Fprintf(&out, "%s: %s%s\n", v.Name, with(v.Request, times), concurrent(len(run.Own)))
		answers := scenario.Ask(run.Own, func() []*trace.Trace { return append(run.Others, ordinary()...) })
		shown := slices.Index(run.Own, run.Slowest())
		fmt.Fprintf(&sections, "-- %s trace --\n%s", v.Name, sketch(run.Own[shown]))
		for _, other := range run.Others {
			fmt.Fprintf(&sections, "\nanother trace\n%s", sketch(other))
		}
		fmt.Fprintf(&sections, "-- %s report --\n", v.Name)
		look := report.Look{Width: 100, Source: []string{"trace.json"}}
		if err := report.Terminal(&sections, report.Case{Trace: run.Own[shown], Report: answers[shown].Report}, look); err != nil {
			t.Fatal(err)
		}
	}
	return out.String() + sections.String()
}

// concurrent notes that a request was the slowest of n.
func concurrent(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(" (the slowest of %d at once)", n)
}

// A numbering replaces the random ids of traces and spans by 1, 2, 3, …, in an order that depends only on their content.
type numbering struct{ traces, spans uint64 }

// play plays a request and reads its traces with new ids.
func (n *numbering) play(t *testing.T, s scenario.Scenario, shop *shoptest.Shop, r scenario.Request) scenariotest.Run {
	run := scenariotest.Play(t, shop, s, r)
	traces, spans := map[string]string{}, map[string]string{}
	own := n.number(run.Own, traces, spans)
	n.number(run.Others, traces, spans)
	stubs := shop.Spans.Spans()
	for i := range stubs {
		rename(t, &stubs[i], traces, spans)
	}
	run.Own, run.Others = nil, nil
	read := scenariotest.Traces(t, stubs)
	slices.SortFunc(read, func(a, b *trace.Trace) int { return strings.Compare(a.ID, b.ID) })
	for _, tr := range read {
		if slices.Contains(own, tr.ID) {
			run.Own = append(run.Own, tr)
		} else {
			run.Others = append(run.Others, tr)
		}
	}
	return run
}

// number assigns new ids to traces and their spans, and returns those of the traces.
func (n *numbering) number(list []*trace.Trace, traces, spans map[string]string) (ids []string) {
	slices.SortFunc(list, func(a, b *trace.Trace) int {
		x, _ := tree(a, content)
		y, _ := tree(b, content)
		return cmp.Or(cmp.Compare(a.Spans[0].Start, b.Spans[0].Start), strings.Compare(x, y))
	})
	for _, tr := range list {
		n.traces++
		traces[tr.ID] = fmt.Sprintf("%032x", n.traces)
		ids = append(ids, traces[tr.ID])
		_, order := tree(tr, content)
		for _, s := range order {
			n.spans++
			spans[s.ID] = fmt.Sprintf("%016x", n.spans)
		}
	}
	return ids
}

func rename(t *testing.T, s *tracetest.SpanStub, traces, spans map[string]string) {
	t.Helper()
	renamed := func(c oteltrace.SpanContext) oteltrace.SpanContext {
		if !c.SpanID().IsValid() {
			return c
		}
		traceID, err := oteltrace.TraceIDFromHex(traces[c.TraceID().String()])
		if err != nil {
			t.Fatalf("trace %s: %v", c.TraceID(), err)
		}
		spanID, err := oteltrace.SpanIDFromHex(spans[c.SpanID().String()])
		if err != nil {
			t.Fatalf("span %s: %v", c.SpanID(), err)
		}
		return c.WithTraceID(traceID).WithSpanID(spanID)
	}
	s.SpanContext, s.Parent = renamed(s.SpanContext), renamed(s.Parent)
	for i := range s.Links {
		s.Links[i].SpanContext = renamed(s.Links[i].SpanContext)
	}
}

// sketch draws a trace, one line for each span: when it began, how long it took, and its service and name.
func sketch(t *trace.Trace) string {
	text, _ := tree(t, func(s *trace.Span, zero trace.Micros) string {
		line := fmt.Sprintf("%v+%v %s: %s", (s.Start - zero).Duration(), s.Duration.Duration(), s.Service, s.Name)
		if s.Error {
			line += " (error)"
		}
		return line
	})
	return text
}

// content is everything in a span except ids. Spans with the same content are interchangeable.
func content(s *trace.Span, zero trace.Micros) string {
	var line strings.Builder
	fmt.Fprint(&line, s.Start-zero, s.Duration, s.Service, s.Name, s.Kind, s.Error, len(s.Links))
	for _, a := range s.Attrs {
		fmt.Fprintf(&line, " %s=%s", a.Key, a.Value)
	}
	for _, e := range s.Events {
		fmt.Fprint(&line, e.Time-zero, e.Name, e.Attrs)
	}
	return line.String()
}

// tree writes a trace with one line for each span, children indented below their parent and in order of time, and returns the
// spans in that order.
func tree(t *trace.Trace, line func(s *trace.Span, zero trace.Micros) string) (string, []*trace.Span) {
	return branches(append(slices.Clone(t.Roots), t.Orphans...), "", func(s *trace.Span) string { return line(s, t.Spans[0].Start) })
}

func branches(spans []*trace.Span, indent string, line func(*trace.Span) string) (string, []*trace.Span) {
	type branch struct {
		start trace.Micros
		text  string
		spans []*trace.Span
	}
	var all []branch
	for _, s := range spans {
		text, below := branches(s.Children, indent+"  ", line)
		all = append(all, branch{s.Start, indent + line(s) + "\n" + text, append([]*trace.Span{s}, below...)})
	}
	slices.SortFunc(all, func(a, b branch) int {
		return cmp.Or(cmp.Compare(a.start, b.start), strings.Compare(a.text, b.text))
	})
	var text strings.Builder
	var order []*trace.Span
	for _, b := range all {
		text.WriteString(b.text)
		order = append(order, b.spans...)
	}
	return text.String(), order
}

// with returns the request with more query parameters, such as "rows=each".
func with(r scenario.Request, query string) scenario.Request {
	mark := "?"
	if strings.Contains(r.Path, "?") {
		mark = "&"
	}
	r.Path += mark + query
	return r
}
