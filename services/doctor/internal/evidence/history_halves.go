package evidence

import (
	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A Half is one half of a call whose other half is missing: a server root without a caller, or a call without a
// callee's span.
type Half struct {
	Exam *Exam
	Span *trace.Span
}

// learnHalves records the halves in a trace.
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

// HalfKey is what both halves of an HTTP call record: the method and the path; "" if they are not known.
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

// tolerance is how far the clocks of the two halves may disagree, rounding how coarse their timestamps may be.
const (
	tolerance = 2000 // µs
	rounding  = 1000 // µs
)

// Answered finds the one root of another trace that fits into a call without a callee's span.
func (h *History) Answered(e *Exam, c *call.Call) (Half, bool) {
	if c.Server != nil || c.Span.Kind != trace.Client {
		return Half{}, false
	}
	return only(h.entries[HalfKey(c.Span)], func(d Half) bool { return d.Exam != e && fits(c.Span, d.Span) }, func(d Half) bool {
		_, unique := only(h.unanswered[HalfKey(d.Span)], func(w Half) bool { return fits(w.Span, d.Span) }, nil)
		return unique
	})
}

// CalledBy finds the one call of another trace into which e's root fits.
func (h *History) CalledBy(e *Exam) (Half, bool) {
	if e.Root.Kind != trace.Server || e.Root.ParentID != "" {
		return Half{}, false
	}
	return only(h.unanswered[HalfKey(e.Root)], func(d Half) bool { return d.Exam != e && fits(d.Span, e.Root) }, func(d Half) bool {
		_, unique := only(h.entries[HalfKey(d.Span)], func(r Half) bool { return fits(d.Span, r.Span) }, nil)
		return unique
	})
}

func fits(caller, root *trace.Span) bool {
	return root.Start >= caller.Start-tolerance && root.End() <= caller.End()+tolerance && root.Duration <= caller.Duration+rounding
}

// only returns the half that is right if there is exactly one, and if the other side agrees.
func only(halves []Half, right func(Half) bool, agrees func(Half) bool) (found Half, ok bool) {
	for _, d := range halves {
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
