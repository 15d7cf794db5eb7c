package doctor

import (
	"fmt"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// Diagnose examines one trace by itself. It never fails: a trace that tells little gets a report that says so.
func Diagnose(t *trace.Trace) Report { return DiagnoseAll([]*trace.Trace{t})[0] }

// DiagnoseAll examines each trace with all the others at hand, as history (what is usual?) and as evidence
// (what else ran at that moment?). The reports are in the order of the traces.
func DiagnoseAll(traces []*trace.Trace) []Report {
	words := call.NewParser()
	exams := make([]*exam, len(traces))
	for i, t := range traces {
		exams[i] = newExam(t, words)
	}
	newHistory(exams)
	reports := make([]Report, len(traces))
	for i, e := range exams {
		reports[i] = e.report()
	}
	return reports
}

func (e *exam) report() Report {
	t := e.trace
	r := Report{TraceID: t.ID, Spans: len(t.Spans), Findings: []Finding{}, AlsoSeen: []Finding{}, CriticalPath: []Step{}, Notes: t.Notes}
	if e.root == nil {
		return r
	}
	r.Root = Root{e.root.Service, e.root.Name, e.root.Duration}
	r.CriticalPath = e.steps()
	r.Findings, r.AlsoSeen = e.verdict(e.suspect())
	r.UnexplainedShare = e.unexplained()
	if note := e.beside(); note != "" {
		r.Notes = append(slices.Clip(r.Notes), note)
	}
	return r
}

// beside says what of the trace the report is not about.
func (e *exam) beside() string {
	others := len(e.trace.Roots) + len(e.trace.Orphans) - 1
	switch {
	case len(e.trace.Roots) == 0:
		return "the root never arrived: this is about the longest of the trees that did"
	case others == 1:
		return fmt.Sprintf("another tree beside the one under `%s` is not part of its duration", e.root.Name)
	case others > 1:
		return fmt.Sprintf("%d other trees beside the one under `%s` are not part of its duration", others, e.root.Name)
	}
	return ""
}

// Headline is the span that a report on t is about: the longest of its roots or, when the root never
// arrived, the longest of the orphans. It is nil for a trace without spans.
func Headline(t *trace.Trace) *trace.Span {
	candidates := t.Roots
	if len(candidates) == 0 {
		candidates = t.Orphans
	}
	var longest *trace.Span
	for _, s := range candidates {
		if longest == nil || s.Duration > longest.Duration {
			longest = s
		}
	}
	return longest
}
