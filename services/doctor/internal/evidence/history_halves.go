package evidence

import (
	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A Half is one half of a call whose other half is missing: a root that serves, or a call without an answer.
type Half struct {
	Exam *Exam
	Span *trace.Span
}

// learnHalves notes the halves of a trace, by what is asked.
func (h *History) learnHalves(e *Exam) {
	if k := HalfKey(e.Root); k != "" && e.Root.Kind == trace.Server && e.Root.ParentID == "" {
		h.entries[k] = append(h.entries[k], Half{e, e.Root})
	}
	for _, c := range e.Calls {
		if k := HalfKey(c.Span); k != "" && c.Server == nil && c.Span.Kind == trace.Client {
			h.unanswered[k] = append(h.unanswered[k], Half{e, c.Span})
		}
	}
}

// HalfKey is what both halves of an HTTP call say: method, path, and query as far as both have it.
func HalfKey(s *trace.Span) string {
	method := s.Get(trace.HTTPMethod)
	if method == "" {
		return ""
	}
	_, path, _ := call.CutURL(s.Get(trace.URLFull))
	if path == "" {
		_, path, _ = call.CutURL(s.Get(trace.URLPath))
	}
	if path == "" {
		return ""
	}
	return method + " " + path
}

// By how much the clocks of the two halves may differ, and how coarse their timestamps may be.
const (
	tolerance = 2000 // µs
	rounding  = 1000 // µs
)

// Answered finds the one root of another trace that fits into a call without a callee.
func (h *History) Answered(e *Exam, c *call.Call) (Half, bool) {
	if c.Server != nil || c.Span.Kind != trace.Client {
		return Half{}, false
	}
	return only(h.entries[HalfKey(c.Span)], func(d Half) bool { return d.Exam != e && fits(c.Span, d.Span) }, func(d Half) bool {
		_, unique := only(h.unanswered[HalfKey(d.Span)], func(w Half) bool { return fits(w.Span, d.Span) }, nil)
		return unique
	})
}

// CalledBy finds the one call of another trace that e's root fits into.
func (h *History) CalledBy(e *Exam) (Half, bool) {
	if e.Root.Kind != trace.Server || e.Root.ParentID != "" {
		return Half{}, false
	}
	return only(h.unanswered[HalfKey(e.Root)], func(d Half) bool { return d.Exam != e && fits(d.Span, e.Root) }, func(d Half) bool {
		_, unique := only(h.entries[HalfKey(d.Span)], func(r Half) bool { return fits(d.Span, r.Span) }, nil)
		return unique
	})
}

func fits(asked, root *trace.Span) bool {
	return root.Start >= asked.Start-tolerance && root.End() <= asked.End()+tolerance && root.Duration <= asked.Duration+rounding
}

// only returns the one door that is right, if there is exactly one, and the other side agrees.
func only(doors []Half, right func(Half) bool, agrees func(Half) bool) (found Half, ok bool) {
	for _, d := range doors {
		if !right(d) {
			continue
		}
		if ok {
			return Half{}, false
		}
		found, ok = d, true
	}
	return found, ok && (agrees == nil || agrees(found))
}
