package evidence

import (
	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A door is one half of a call whose other half is missing: a root that serves, or a call without an answer.
type half struct {
	Exam *Exam
	Span *trace.Span
}

// learnHalves notes the halves of a trace, by what is asked.
func (h *history) learnHalves(e *Exam) {
	if k := HalfKey(e.Root); k != "" && e.Root.Kind == trace.Server && e.Root.ParentID == "" {
		h.entries[k] = append(h.entries[k], half{e, e.Root})
	}
	for _, c := range e.Calls {
		if k := HalfKey(c.Span); k != "" && c.Server == nil && c.Span.Kind == trace.Client {
			h.unanswered[k] = append(h.unanswered[k], half{e, c.Span})
		}
	}
}

// half is what both halves of an HTTP call say: method, path, and query as far as both have it.
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

// answered finds the one root of another trace that fits into a call without a callee.
func (h *history) Answered(e *Exam, c *call.Call) (half, bool) {
	if c.Server != nil || c.Span.Kind != trace.Client {
		return half{}, false
	}
	return only(h.entries[HalfKey(c.Span)], func(d half) bool { return d.Exam != e && fits(c.Span, d.Span) }, func(d half) bool {
		_, unique := only(h.unanswered[HalfKey(d.Span)], func(w half) bool { return fits(w.Span, d.Span) }, nil)
		return unique
	})
}

// calledBy finds the one call of another trace that e's root fits into.
func (h *history) CalledBy(e *Exam) (half, bool) {
	if e.Root.Kind != trace.Server || e.Root.ParentID != "" {
		return half{}, false
	}
	return only(h.unanswered[HalfKey(e.Root)], func(d half) bool { return d.Exam != e && fits(d.Span, e.Root) }, func(d half) bool {
		_, unique := only(h.entries[HalfKey(d.Span)], func(r half) bool { return fits(d.Span, r.Span) }, nil)
		return unique
	})
}

func fits(asked, root *trace.Span) bool {
	return root.Start >= asked.Start-tolerance && root.End() <= asked.End()+tolerance && root.Duration <= asked.Duration+rounding
}

// only returns the one door that is right, if there is exactly one, and the other side agrees.
func only(doors []half, right func(half) bool, agrees func(half) bool) (found half, ok bool) {
	for _, d := range doors {
		if !right(d) {
			continue
		}
		if ok {
			return half{}, false
		}
		found, ok = d, true
	}
	return found, ok && (agrees == nil || agrees(found))
}
