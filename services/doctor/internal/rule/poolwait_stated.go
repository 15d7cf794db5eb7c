package rule

import (
	"cmp"
	"fmt"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// newStatedPoolWait is about a call one of whose attributes states how long it waited for a connection.
func newStatedPoolWait(w evidence.StatedWait) Suspicion {
	s := w.Span
	f := Suspicion{Spans: []*trace.Span{s}}
	f.Service, f.Operation, f.Count = s.Service, evidence.OperationAround(s), 1
	f.Callee = cmp.Or(s.Get(trace.DBSystem), s.Callee())
	f.CriticalPathUS = w.OnPath
	f.Saving.Basis, f.Confidence, f.Evidence = finding.Shared, finding.High, finding.Sufficient
	waiting, work := s, s.Duration-w.Wait
	if w.Before {
		waiting, work = s.Parent, s.Duration
	}
	f.High = []path.Change{path.LessSelfTime(waiting, w.Wait)}
	f.Low = []path.Change{path.LessSelfTime(waiting, w.Wait/2)}
	f.Figures.WaitUS, f.Figures.WorkUS = w.Wait, work
	f.Reason("`%s` in %s waited %s for a connection, by its %s; the call itself takes %s", s.Name, s.Service, w.Wait, w.By, work)
	if w.Guessed {
		f.Confidence = finding.Medium
		f.Reason("its number is taken as milliseconds")
	}
	f.Unless = "the time went on opening a new connection, not on waiting for a free one (see cold-connect)"
	f.Fix = fmt.Sprintf("enlarge %s's connection pool, or hold connections for a shorter time; the queue may move to %s",
		s.Service, cmp.Or(f.Callee, "the callee"))
	return f
}

// describeReuse adds what a step that gets a connection says about the connection: if it was in use before, it was not a new one.
func describeReuse(f *Suspicion, s *trace.Span) {
	if s.Get(trace.ConnReused) != "true" {
		return
	}
	f.Reason("the connection that it got was open, and in use by another request")
	f.Unless = fmt.Sprintf("the number of connections is limited to protect %s", cmp.Or(f.Callee, "the callee"))
	f.Fix = fmt.Sprintf("allow %s more connections to %s (for Go: MaxConnsPerHost), or hold them for a shorter time; the queue may move there",
		s.Service, cmp.Or(f.Callee, "the callee"))
}
