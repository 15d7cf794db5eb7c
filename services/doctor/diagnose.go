package doctor

import (
	"fmt"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/internal/rule"
	"spanwise/doctor/internal/verdict"
	"spanwise/doctor/trace"
)

// Diagnose examines one trace by itself. It never fails: a trace that tells little gets a report that says so.
func Diagnose(t *trace.Trace) finding.Report { return DiagnoseAll([]*trace.Trace{t})[0] }

// DiagnoseAll examines each trace with all the others at hand, as history (what is usual?) and as evidence
// (what else ran at that moment?). The reports are in the order of the traces.
func DiagnoseAll(traces []*trace.Trace) []finding.Report {
	words := call.NewParser()
	exams := make([]*evidence.Exam, len(traces))
	for i, t := range traces {
		exams[i] = evidence.NewExam(t, words)
	}
	evidence.NewHistory(exams)
	reports := make([]finding.Report, len(traces))
	for i, e := range exams {
		reports[i] = report(e)
	}
	return reports
}

func report(e *evidence.Exam) finding.Report {
	t := e.Trace
	r := finding.Report{TraceID: t.ID, Spans: len(t.Spans), Findings: []finding.Finding{}, AlsoSeen: []finding.Finding{}, CriticalPath: []finding.Step{}, Notes: t.Notes}
	if e.Root == nil {
		return r
	}
	r.Root = finding.Root{Service: e.Root.Service, Operation: e.Root.Name, DurationUS: e.Root.Duration}
	r.CriticalPath = steps(e)
	r.Findings, r.AlsoSeen = verdict.Rank(e, rule.Suspect(e))
	r.UnexplainedShare = e.Unexplained()
	if note := otherTrees(e); note != "" {
		r.Notes = append(slices.Clip(r.Notes), note)
	}
	return r
}

// otherTrees says what of the trace the report is not about.
func otherTrees(e *evidence.Exam) string {
	others := len(e.Trace.Roots) + len(e.Trace.Orphans) - 1
	switch {
	case len(e.Trace.Roots) == 0:
		return "the root never arrived: this is about the longest of the trees that did"
	case others == 1:
		return fmt.Sprintf("another tree beside the one under `%s` is not part of its duration", e.Root.Name)
	case others > 1:
		return fmt.Sprintf("%d other trees beside the one under `%s` are not part of its duration", others, e.Root.Name)
	}
	return ""
}
