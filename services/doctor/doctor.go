// Package doctor reads a distributed trace and says where the time went, why, and what fixing it saves.
// Call [Diagnose] with a trace from spanwise/doctor/read, or [DiagnoseAll] with many; print what they return with
// spanwise/doctor/report. [Kinds] explains what can be found.
//
// A trace passes through these packages, in this order:
//
//	read               formats: Jaeger, OTLP, Zipkin and others
//	trace              spans, repaired and linked; clocks aligned
//	call               what a span requests, and from whom
//	path               the critical path, and what a change would do to it
//	internal/evidence  what a trace shows: loops, gaps, queues, places; and what other traces say is usual
//	internal/rule      one file for each kind of finding
//	internal/verdict   assesses, ranks, and tries the fixes
//	finding            the published contract
//	ignore             the file of findings that a project has decided to live with
//	report             text, HTML, Markdown, JSON
//	mcp                the same as tools for language models
package doctor

import (
	"cmp"
	"fmt"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/internal/rule"
	"spanwise/doctor/internal/verdict"
	"spanwise/doctor/trace"
)

// An Option changes how traces are diagnosed.
type Option func(*verdict.Options)

// Ignore moves a finding to AlsoSeen, and sets its Ignored, if reason is not empty for it. Package spanwise/doctor/ignore reads
// reasons from a file.
func Ignore(reason func(Finding) string) Option {
	return func(o *verdict.Options) { o.Ignore = reason }
}

// Diagnose examines one trace by itself. It never fails: a trace that shows little gets a report that says so.
func Diagnose(t *trace.Trace, options ...Option) Report {
	return DiagnoseAll([]*trace.Trace{t}, options...)[0]
}

// DiagnoseAll examines each trace together with all the others, which show what is usual, and what else ran at the time. The
// reports are in the order of the traces.
func DiagnoseAll(traces []*trace.Trace, options ...Option) []Report {
	var o verdict.Options
	for _, set := range options {
		set(&o)
	}
	parser := call.NewParser()
	exams := make([]*evidence.Exam, len(traces))
	for i, t := range traces {
		exams[i] = evidence.NewExam(t, parser)
	}
	evidence.NewHistory(exams)
	reports := make([]Report, len(traces))
	for i, e := range exams {
		reports[i] = report(e, o)
		e.Forget()
	}
	return reports
}

func report(e *evidence.Exam, o verdict.Options) Report {
	t := e.Trace
	r := Report{TraceID: t.ID, Spans: len(t.Spans), CutOff: t.CutOff, Findings: []Finding{}, AlsoSeen: []Finding{}, CriticalPath: []Step{}, Notes: t.Notes}
	if e.Root == nil {
		return r
	}
	r.Root = Root{Service: e.Root.Service, Operation: e.Root.Name, DurationUS: e.Root.Duration, IdleUS: e.Idle()}
	r.CriticalPath = steps(e)
	r.Findings, r.AlsoSeen = verdict.Rank(e, rule.Suspect(e), o)
	r.UnexplainedShare = e.Unexplained()
	if note := otherTrees(e); note != "" {
		r.Notes = append(slices.Clip(r.Notes), note)
	}
	return r
}

// steps adds the critical path up by operation and by edge, the largest first.
func steps(e *evidence.Exam) []Step {
	index := map[Step]int{}
	list := []Step{}
	for _, s := range e.OnPath {
		step := Step{Service: s.Service, Operation: s.Name, EdgeTo: s.Callee()}
		i, known := index[step]
		if !known {
			i = len(list)
			index[step] = i
			list = append(list, step)
		}
		list[i].SelfUS += e.Self[s.Index]
	}
	for i := range list {
		list[i].Share = e.Share(list[i].SelfUS)
	}
	slices.SortStableFunc(list, func(a, b Step) int { return cmp.Compare(b.SelfUS, a.SelfUS) })
	return list
}

// otherTrees says which part of the trace the report is not about.
func otherTrees(e *evidence.Exam) string {
	others := len(e.Trace.Roots) + len(e.Trace.Orphans) - 1
	switch {
	case len(e.Trace.Roots) == 0:
		return "the root never arrived: this report is about the longest tree that did"
	case others == 1:
		return fmt.Sprintf("another tree, not under `%s`, is not part of its duration", e.Root.Name)
	case others > 1:
		return fmt.Sprintf("%d other trees, not under `%s`, are not part of its duration", others, e.Root.Name)
	}
	return ""
}

// Headline is the span that a report on t is about: the longest root or, if the root never arrived, the longest orphan. It is
// nil for a trace without spans.
func Headline(t *trace.Trace) *trace.Span { return evidence.Headline(t) }
