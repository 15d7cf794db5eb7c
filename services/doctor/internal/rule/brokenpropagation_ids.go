package rule

import (
	"strings"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

// changedIDs reports parts of the request that came under another trace id. They are joined already, but a tracing back end shows them
// apart.
func changedIDs(e *evidence.Exam) []Suspicion {
	var all gathering
	for _, p := range e.Trace.Pieces {
		if p.Linked {
			continue
		}
		s := Suspicion{Spans: []*trace.Span{p.Top}}
		s.Service, s.Operation, s.Count = p.Top.Service, p.Top.Name, 1
		s.Saving.Basis, s.Confidence, s.Evidence = finding.None, finding.High, finding.Sufficient
		s.Figures.TraceIDs = []string{e.Trace.ID, p.TraceID}
		s.Reason("`%s` in %s and what is below it have the trace id %s, but belong to %s; this report reads them as one",
			p.Top.Name, p.Top.Service, p.TraceID, e.Trace.ID)
		if parent := p.Top.Parent; parent != nil {
			s.Service, s.Callee = parent.Service, p.Top.Service
			s.Reason("their parent is `%s` in %s", parent.Name, parent.Service)
		}
		if strings.HasSuffix(e.Trace.ID, strings.TrimLeft(p.TraceID, "0")) {
			s.Reason("the id was cut to 64 bits between the two")
		}
		s.Unless = "the two ids are alike by chance"
		s.Fix = "pass the whole trace id on, all 128 bits of it: check the propagators on both sides, and proxies between them"
		all.add(s)
	}
	return all.heaviest(e)
}

// nameParent says where a missing parent is, if another trace has it.
func nameParent(e *evidence.Exam, s *Suspicion) {
	for _, cut := range e.Trace.Severed {
		if cut.Span != s.Spans[0] {
			continue
		}
		s.Callee, s.Service = s.Service, cut.Parent.Service
		s.Confidence, s.Evidence = finding.High, finding.Sufficient
		s.Figures.TraceIDs = []string{cut.TraceID, e.Trace.ID}
		s.Reason("it is `%s` in %s, in trace %s", cut.Parent.Name, cut.Parent.Service, cut.TraceID)
		s.Unless = "two spans have the same id by chance"
		s.Fix = "pass the trace id on unchanged, together with the id of the span"
	}
}
