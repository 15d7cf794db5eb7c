package rule

import (
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// findStampedes finds calls that many requests make at once because a cached result is missing.
func findStampedes(e *evidence.Exam) []Suspicion {
	const (
		enough = 100 // other requests; counting more changes nothing
		many   = 6   // that are worth a mention, though nothing shows a cache
	)
	var found []Suspicion
	for _, c := range e.Calls {
		if c.Key == "" || c.Effect != call.Reads || c.Housekeeping || e.Total[c.Span.Index] < e.Threshold() {
			continue
		}
		others := e.History.InFlight(e, c, enough)
		if others < 3 {
			continue
		}
		if s := newStampede(e, c, others, others == enough); !s.Minor || others >= many {
			found = append(found, s)
		}
	}
	return found
}

// newStampede is the finding about a call that other requests make at the same moment, at least so many. Without a sign of a cache it is
// only mentioned: it adds load, and a cache may make the results too old.
func newStampede(e *evidence.Exam, c *call.Call, others int, atLeast bool) Suspicion {
	s := Suspicion{Spans: []*trace.Span{c.Span}}
	s.Service, s.Operation, s.Callee, s.Count = c.Caller, evidence.OperationAround(c.Span), c.Callee, others+1
	s.Figures.OtherRequests = others
	count := fmt.Sprint(others)
	if atLeast {
		count = "at least " + count
	}
	s.Unless = "the calls coincide by chance, and their result is not cached"
	s.Fix = fmt.Sprintf("let one request in %s make the call while the others wait for its result (singleflight), "+
		"or renew the cached result before it expires", c.Caller)
	why := whyUncached(e, c)
	if why == "" {
		s.Minor, s.CostsNoTime = true, true
		s.Saving.Basis, s.Confidence, s.Evidence = finding.None, finding.Medium, finding.Sufficient
		s.Reason("%s other requests send %s with the same key at the same moment: this adds load rather than latency", count, c.Describe())
		s.Unless = "each needs an answer of its own"
		return s
	}
	s.High = []path.Change{path.Capped(c.Span, 0)}
	s.Saving.Basis, s.Confidence, s.Evidence = finding.Shared, finding.High, finding.Sufficient
	s.Reason("%s other requests send %s with the same key at the same moment; %s: a cache stampede", count, c.Describe(), why)
	return s
}

// whyUncached says what shows that a cache usually answers instead of c, and "" if nothing does.
func whyUncached(e *evidence.Exam, c *call.Call) string {
	if miss := cacheMiss(e, c); miss != nil {
		return fmt.Sprintf("`%s` just before was a miss", miss.Name)
	}
	if without, all := e.History.Without(e, c); all >= 4 && without*2 >= all {
		return fmt.Sprintf("%d of %d requests of this kind do without it", without, all)
	}
	return ""
}

// cacheMiss returns the last read from a cache before c under the same parent, or nil. It was a miss, because c followed.
func cacheMiss(e *evidence.Exam, c *call.Call) *trace.Span {
	if c.Span.Parent == nil {
		return nil
	}
	for _, s := range slices.Backward(c.Span.Parent.Children) {
		if s != c.Span && s.End() <= c.Span.Start && readsCache(e, s) {
			return s
		}
	}
	return nil
}

func readsCache(e *evidence.Exam, s *trace.Span) bool {
	if c := e.CallOf[s.Index]; c != nil && call.KeyValueStores[strings.ToLower(s.Get(trace.DBSystem))] {
		return c.Effect != call.Writes
	}
	name := strings.ToLower(s.Name)
	return strings.Contains(name, "cache") && !call.ContainsAny(name, "set", "put")
}
