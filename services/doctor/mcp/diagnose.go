package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor/report"
	"spanwise/doctor/trace"
)

type diagnoseInput struct {
	Traces []string `json:"traces" jsonschema:"1 to 20 of: a trace id (hex), the address of a trace's page in Jaeger or Grafana, or a file in any format of traces (Jaeger, OTLP, Zipkin and others)"`
	Only   string   `json:"only,omitempty" jsonschema:"report only the trace with this id; all others that were read serve as evidence of what is usual"`
	All    bool     `json:"all,omitempty" jsonschema:"also spell out less important findings, and all notes"`
}

const maxNames = 20

func (s *server) diagnose(ctx context.Context, in diagnoseInput) (reply, error) {
	if n := len(in.Traces); n < 1 || n > maxNames || slices.Contains(in.Traces, "") {
		return reply{}, fmt.Errorf(`"traces" has %d entries, or an empty one: want 1 to %d trace ids, addresses or files`, n, maxNames)
	}
	var notes bytes.Buffer
	var traces []*trace.Trace
	for _, name := range in.Traces {
		more, err := s.source.Load(ctx, name, &notes)
		if err != nil {
			return reply{}, err
		}
		traces = append(traces, more...)
	}
	traces = distinct(traces)
	if len(in.Traces) > 1 {
		trace.ResolveCallees(traces...)
	}
	cases := s.cases(traces)
	if in.Only != "" {
		at := slices.IndexFunc(cases, func(c report.Case) bool { return strings.EqualFold(c.Trace.ID, in.Only) })
		if at < 0 {
			return reply{}, fmt.Errorf(`"only": trace %q is not among the %d that were read, which begin with %s`, in.Only, len(cases), cases[0].Trace.ID)
		}
		cases = cases[at : at+1]
	}
	return answer(cases, in.All, notes.String())
}

// distinct returns each trace once.
func distinct(traces []*trace.Trace) []*trace.Trace {
	seen := map[string]bool{}
	return slices.DeleteFunc(traces, func(t *trace.Trace) bool {
		again := seen[t.ID]
		seen[t.ID] = true
		return again
	})
}

// answer is the report on one trace in full, or on several as a ranking.
func answer(cases []report.Case, all bool, notes string) (reply, error) {
	if cases := report.WithoutCrumbs(cases); len(cases) == 1 {
		text, err := short(func(rows int) (string, error) {
			var b strings.Builder
			err := report.Terminal(&b, cases[0], look(rows, all))
			return strings.TrimRight(b.String(), "\n") + "\n" + notes + next(cases), err
		})
		return reply{text, map[string]any{"reports": rawReports(cases)}}, err
	}
	const slowest, spelled = 10, 3
	text, err := short(func(rows int) (string, error) {
		var b strings.Builder
		err := report.Ranking(&b, cases, look(rows, all))
		fmt.Fprintf(&b, "\nThe slowest traces:\n")
		for _, c := range report.Slowest(cases, slowest) {
			fmt.Fprintln(&b, summary(c))
		}
		return strings.TrimRight(b.String(), "\n") + "\n" + notes + next(cases), err
	})
	worst := report.Worst(cases, spelled)
	return reply{text, map[string]any{"traces": len(cases), "slowest": briefly(report.Slowest(cases, slowest)), "worst": rawReports(worst)}}, err
}

// rawReports are reports as -json prints them.
func rawReports(cases []report.Case) (list []json.RawMessage) {
	var b bytes.Buffer
	if err := report.JSON(&b, cases); err != nil { // of values that were made to be encoded
		panic(err)
	}
	for line := range bytes.Lines(b.Bytes()) {
		list = append(list, json.RawMessage(line))
	}
	return list
}

// next is which tool to call after reading a report.
func next(cases []report.Case) string {
	switch {
	case len(cases) > 1:
		return "\nNext: diagnose_traces with one of these ids.\n"
	case len(cases[0].Report.Findings) > 0:
		return fmt.Sprintf("\nNext: explain_kind with %q, for what can mislead this rule; after a fix, compare_traces with this trace and a new one.\n", cases[0].Report.Findings[0].Kind)
	}
	return ""
}
