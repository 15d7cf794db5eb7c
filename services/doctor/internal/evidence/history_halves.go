package evidence

import (
	"cmp"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// learnHalves records the halves of calls in a trace whose other half is missing: a server root without a caller, or a
// call without a callee's span.
func (h *History) learnHalves(e *Exam) {
	if k := HalfKey(e.Root); k != "" && e.Root.Kind == trace.Server && e.Root.ParentID == "" {
		h.entries[k] = append(h.entries[k], Occurrence{e, e.Root})
	}
	for _, c := range e.Calls {
		if k := HalfKey(c.Span); k != "" && c.Server == nil && c.Span.Kind == trace.Client {
			h.unanswered[k] = append(h.unanswered[k], Occurrence{e, c.Span})
		}
	}
}

// HalfKey is what both halves of an HTTP call record: the method and the path; "" if they are not known.
func HalfKey(s *trace.Span) string {
	method := call.HTTPMethod(s)
	_, path, _ := call.CutURL(cmp.Or(s.Get(trace.URLFull), s.Get(trace.URLPath)))
	if method == "" || path == "" {
		return ""
	}
	return method + " " + path
}

// tolerance is how far the clocks of the two halves may disagree, rounding how coarse their timestamps may be.
const (
	tolerance = 2 * trace.Millisecond
	rounding  = trace.Millisecond
)

// Answered finds the one root of another trace that fits into a call without a callee's span.
func (h *History) Answered(e *Exam, c *call.Call) (Occurrence, bool) {
	if c.Server != nil || c.Span.Kind != trace.Client {
		return Occurrence{}, false
	}
	return match(Occurrence{e, c.Span}, h.unanswered, h.entries, fits)
}

// CalledBy finds the one call of another trace into which e's root fits.
func (h *History) CalledBy(e *Exam) (Occurrence, bool) {
	if e.Root.Kind != trace.Server || e.Root.ParentID != "" {
		return Occurrence{}, false
	}
	return match(Occurrence{e, e.Root}, h.entries, h.unanswered, func(root, caller *trace.Span) bool { return fits(caller, root) })
}

func fits(caller, root *trace.Span) bool {
	return root.Start >= caller.Start-tolerance && root.End() <= caller.End()+tolerance && root.Duration <= caller.Duration+rounding
}

// match finds the other half of one: exactly one half in another trace must fit, and it must fit no second half like one.
func match(one Occurrence, like, others map[string][]Occurrence, fit func(one, other *trace.Span) bool) (Occurrence, bool) {
	other, unique := only(others[HalfKey(one.Span)], func(o Occurrence) bool { return o.Exam != one.Exam && fit(one.Span, o.Span) })
	if unique {
		_, unique = only(like[HalfKey(other.Span)], func(l Occurrence) bool { return fit(l.Span, other.Span) })
	}
	return other, unique
}

// only returns the half that is right if there is exactly one.
func only(halves []Occurrence, right func(Occurrence) bool) (Occurrence, bool) {
	i := slices.IndexFunc(halves, right)
	if i < 0 || slices.ContainsFunc(halves[i+1:], right) {
		return Occurrence{}, false
	}
	return halves[i], true
}
