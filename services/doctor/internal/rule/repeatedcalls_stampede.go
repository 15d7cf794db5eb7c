package rule

import (
	"fmt"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// stampedes finds questions that many requests ask at once because a cached answer is missing.
func stampedes(e *evidence.Exam) []Suspicion {
	const enough = 100 // other requests; whether they are still more makes no difference
	var found []Suspicion
	for _, c := range e.Calls {
		if c.Key == "" || c.Effect != call.Reads || c.Housekeeping || e.Total[c.Span.Index] < e.Threshold() {
			continue
		}
		others := e.History.InFlight(e, c, enough)
		if others < 3 {
			continue
		}
		why := ""
		if missed := cacheMissed(e, c); missed != nil {
			why = fmt.Sprintf("`%s` just before did not have it", missed.Name)
		} else if without, all := e.History.Without(e, c); all >= 4 && without*2 >= all {
			why = fmt.Sprintf("%d of %d requests of this kind do without it", without, all)
		}
		if why == "" {
			continue
		}
		s := Suspicion{Spans: []*trace.Span{c.Span}}
		s.Service, s.Operation, s.Callee, s.Count = c.Caller, evidence.OperationAround(c.Span), c.Callee, others+1
		s.High = []path.Change{path.Lasting(c.Span, 0)}
		s.Saving.Basis, s.Confidence, s.Evidence = finding.Shared, finding.High, finding.Sufficient
		s.Figures.OtherRequests = others
		atLeast := ""
		if others == enough {
			atLeast = "at least "
		}
		s.Reason("%s%d other requests ask %s with the same key at the same moment; %s: a cache stampede", atLeast, others, c.Describe(), why)
		s.Unless = "they ask at once by chance, and nothing caches the answer"
		s.Fix = fmt.Sprintf("let one request in %s ask and the others wait for its answer (single flight), "+
			"or renew the cached answer before it expires", c.Caller)
		found = append(found, s)
	}
	return found
}

// cacheMissed is the question to a cache right before c, under the same parent.
func cacheMissed(e *evidence.Exam, c *call.Call) *trace.Span {
	var last *trace.Span
	if c.Span.Parent == nil {
		return nil
	}
	for _, s := range c.Span.Parent.Children {
		if s != c.Span && s.End() <= c.Span.Start && asksCache(e, s) {
			last = s
		}
	}
	return last
}

func asksCache(e *evidence.Exam, s *trace.Span) bool {
	if c := e.CallOf[s.Index]; c != nil && call.KeyValueStores[strings.ToLower(s.Get(trace.DBSystem))] {
		return c.Effect != call.Writes
	}
	name := strings.ToLower(s.Name)
	return strings.Contains(name, "cache") && !strings.Contains(name, "set") && !strings.Contains(name, "put")
}
