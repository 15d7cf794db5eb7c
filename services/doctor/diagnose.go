package doctor

import (
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// Diagnose examines one trace by itself. It never fails: a trace that tells little gets a report that says so.
func Diagnose(t *trace.Trace) Report { return DiagnoseAll([]*trace.Trace{t})[0] }

// DiagnoseAll examines each trace with all the others at hand, as history (what is usual?) and as evidence
// (what else ran at that moment?). The reports are in the order of the traces.
func DiagnoseAll(traces []*trace.Trace) []Report {
	reports := make([]Report, len(traces))
	for i, t := range traces {
		reports[i] = examine(t)
	}
	return reports
}

func examine(t *trace.Trace) Report {
	r := Report{TraceID: t.ID, Spans: len(t.Spans), Findings: []Finding{}, AlsoSeen: []Finding{}, CriticalPath: []Step{}, Notes: t.Notes}
	root := Headline(t)
	if root == nil {
		return r
	}
	r.Root = Root{root.Service, root.Name, root.Duration}
	r.CriticalPath = steps(path.Critical(t, root), root.Duration)
	return r
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
