package trace

import (
	"cmp"
	"slices"
)

// What the calls between two processes prove about the clocks of the two. The file skew.go moves the spans of clocks that are wrong.

// leastSkew is the least skew that is corrected, in µs. A smaller one is as likely to be rounding.
const leastSkew = Millisecond

// A link holds what the calls from one process to another show about their clocks. The server span of each call must fit into its client
// span, which bounds the shift of the callee's clock; all calls bound it together. If the bounds allow no shift at all, nothing is
// proved. If they are empty, the cause was not a constant offset, but a caller that gave up, or work after the response.
type link struct {
	caller, callee Process
	certain        bounds // only clocks explain them
	likely         bounds // work after the response, or a caller that gave up, would explain them too
}

// A bounds holds the least and the greatest shift of a clock.
type bounds struct {
	low, high Micros
	calls     int // how many set them
}

// unbounded is a shift beyond that of any clock, and small enough to be added to without overflow.
const unbounded = 1 << 61

func exactly(shift Micros) bounds { return bounds{shift, shift, 0} }

// add returns b with the bounds of another call. If low and high cross by no more than rounding, the truth lies between them.
func (b bounds) add(low, high Micros) bounds {
	low, high = max(b.low, low), min(b.high, high)
	if low > high && low-high <= leastSkew {
		low, high = high, low
	}
	return bounds{low, high, b.calls + 1}
}

// plus returns b for a caller whose own clock is shifted.
func (b bounds) plus(shift Micros) bounds { return bounds{b.low + shift, b.high + shift, b.calls} }

// within returns the part of b within outer.
func (b bounds) within(outer bounds) bounds {
	return bounds{max(outer.low, b.low), min(outer.high, b.high), outer.calls}
}

func (b bounds) empty() bool { return b.low > b.high }

// oneSided reports whether low or high is missing.
func (b bounds) oneSided() bool { return b.high > unbounded/2 || b.low < -unbounded/2 }

// prove reports whether b is set by calls that do not contradict each other.
func (b bounds) prove() bool { return b.calls > 0 && !b.empty() }

// allow reports whether b permits a shift, apart from rounding.
func (b bounds) allow(shift Micros) bool {
	return b.low-leastSkew < shift && shift < b.high+leastSkew
}

// best is the shift that is assumed: the middle of the bounds or, if they are one-sided, the smallest shift that they allow.
func (b bounds) best() Micros {
	switch {
	case !b.oneSided():
		return b.low + (b.high-b.low)/2
	case b.low > 0:
		return b.low
	}
	return b.high
}

// links collects the links by caller, in the order of their first calls.
func (t *Trace) links() map[Process][]*link {
	type pair struct{ caller, callee Process }
	known := map[pair]*link{}
	links := map[Process][]*link{}
	for _, s := range t.Spans {
		c := s.Parent
		if c == nil || s.Process() == c.Process() {
			continue
		}
		p := pair{c.Process(), s.Process()}
		l := known[p]
		if l == nil {
			l = &link{p.caller, p.callee, bounds{-unbounded, unbounded, 0}, bounds{-unbounded, unbounded, 0}}
			known[p] = l
			links[p.caller] = append(links[p.caller], l)
		}
		if s.boundsClock() {
			l.add(s, c)
		}
	}
	return links
}

// boundsClock reports whether s and its parent in another process show anything about the two clocks.
func (s *Span) boundsClock() bool {
	c := s.Parent
	if !s.Remote() || c.Kind == Producer || s.Kind == Consumer {
		return false
	}
	// Without span kinds, the roles are a guess, and unknown hosts may be one host.
	return c.Kind == Client && s.Kind == Server || s.Host != "" && s.Host != c.Host
}

// add takes the bounds that span s and its parent c set.
func (l *link) add(s, c *Span) {
	low, high := c.Start-s.Start, c.End()-s.End()
	fits := s.Duration <= c.Duration+leastSkew && !c.Error
	endsLate := s.Start >= c.Start && s.Start < c.End() && high <= -leastSkew
	if fits && c.Calling() && !endsLate {
		l.certain = l.certain.add(low, high)
	} else {
		l.certain = l.certain.add(low, unbounded) // the caller may not have waited for the end, but no effect precedes its cause
	}
	if !fits {
		high = max(c.End()-s.Start, low)
	}
	l.likely = l.likely.add(low, high)
}

// settle returns the bounds of the callee's shift, if its caller's clock is shifted by base, and how many more of the callee's own calls
// fit with it than without a shift. The callee's clock counts as right if it may be right. Otherwise it agrees with the caller's clock if
// it may. Otherwise the shift is in the middle of what its calls allow: all that it answers, and as many as possible of those it makes.
func (l *link) settle(base Micros, outgoing []bounds) (limits bounds, gained int) {
	limits, likely := exactly(base), l.likely.plus(base)
	if l.certain.prove() {
		limits = l.certain.plus(base)
	}
	if limits.allow(0) && (base == 0 || likely.allow(0)) {
		moved, fit := densest(likely, outgoing)
		gained = fit - fitting(outgoing, 0)
		reasons := gained // to doubt the clock; a single one may have other causes
		if !likely.allow(0) {
			reasons++
		}
		if reasons >= 2 && moved.prove() && !moved.allow(0) {
			return moved, gained
		}
		return exactly(0), 0
	}
	near := limits
	if closer := likely.within(limits); !closer.empty() {
		near = closer
	}
	part, fit := densest(near, outgoing)
	if fit > 0 || !limits.oneSided() {
		limits = part
	}
	if limits.allow(base) {
		return exactly(base), 0
	}
	return limits, fit - fitting(outgoing, 0)
}

// outgoing lists the bounds that the calls of a process set to its own clock. Callees without a shift so far count as right.
func outgoing(links []*link, shifts map[Process]Micros) (list []bounds) {
	for _, l := range links {
		if callee := shifts[l.callee]; l.certain.prove() {
			list = append(list, bounds{callee - l.certain.high, callee - l.certain.low, 1})
		}
	}
	return list
}

// fitting counts the bounds that allow a shift.
func fitting(list []bounds, shift Micros) (n int) {
	for _, b := range list {
		if b.allow(shift) {
			n++
		}
	}
	return n
}

// densest returns the part of outer that lies within the most bounds of the list, and their number.
func densest(outer bounds, list []bounds) (part bounds, most int) {
	type edge struct {
		at   Micros
		step int
	}
	var edges []edge
	for _, b := range list {
		if b = b.within(outer); !b.empty() {
			edges = append(edges, edge{b.low, 1}, edge{b.high + 1, -1})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.step, b.step)) })
	part, depth := outer, 0
	for i, e := range edges {
		if depth += e.step; depth > most {
			part, most = bounds{e.at, edges[i+1].at - 1, outer.calls}, depth
		}
	}
	return part, most
}
