package trace

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// A Skew is a constant difference between two hosts' clocks that the trace itself proves.
type Skew struct {
	Host, Reference string // clocks, by host name or, where hosts are unknown, by service
	Offset          int64  // µs that Host's clock is ahead of Reference's; negative when behind
	HalfWidth       int64  // µs by which Offset may be wrong
	Calls           int    // calls between the two that it explains
}

// leastSkew is what a clock must be off by before it is worth correcting. Below a millisecond a violation
// is as likely rounding.
const leastSkew = 1000

// A leash is how far a callee's clock may be moved so that every call fits into its caller's wait.
type leash struct {
	low, high int64
	calls     int
	broken    bool // some call starts before it was made, or after its answer
}

// clock names what keeps a span's time.
func (s *Span) clock() string { return cmp.Or(s.Host, s.Service) }

// align finds hosts whose clocks provably disagree and shifts their spans onto the clock of the earliest
// root, for ordering and display. It reports whether it moved anything. Durations never change.
//
// Each call says by how much the callee's clock may be off: its server span must fit into the client span.
// All calls between two hosts say so together. If they allow zero, nothing is proved and nothing is done; if they allow
// nothing, it was not a constant offset but something else (a caller that gave up, work after the answer).
func (t *Trace) align() bool {
	leashes := t.leashes()
	if len(leashes) == 0 {
		return false
	}
	shift := t.spread(leashes)
	if len(t.Skews) == 0 {
		return false
	}
	for _, s := range t.Spans {
		if d := shift[s.clock()]; d != 0 {
			s.Start += d
			for i := range s.Events {
				s.Events[i].Time += d
			}
		}
	}
	return true
}

func (t *Trace) leashes() map[[2]string]leash {
	all := map[[2]string]leash{}
	for _, s := range t.Spans {
		c := s.Parent
		if c == nil || !s.Remote() || !c.Calling() || c.Kind == Producer || s.Kind == Consumer {
			continue
		}
		if s.clock() == c.clock() || s.Duration > c.Duration || c.Error {
			continue // one clock, or a caller that gave up: no evidence
		}
		late := s.Start >= c.Start && s.Start < c.End() && s.End() > c.End()
		if late {
			continue // the callee went on after its answer, or the caller gave up
		}
		pair := [2]string{c.clock(), s.clock()}
		l, known := all[pair]
		low, high := c.Start-s.Start, c.End()-s.End()
		if known {
			low, high = max(l.low, low), min(l.high, high)
		}
		outside := s.Start < c.Start || s.Start >= c.End()
		all[pair] = leash{low, high, l.calls + 1, l.broken || outside}
	}
	return all
}

// spread walks from host to host and adds the offsets up, so that every clock ends on the first root's.
func (t *Trace) spread(leashes map[[2]string]leash) map[string]int64 {
	pairs := slices.SortedFunc(maps.Keys(leashes), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	next := map[string][]string{}
	for _, p := range pairs {
		next[p[0]] = append(next[p[0]], p[1])
	}
	shift := map[string]int64{}
	var queue []string
	visit := func(clock string, d int64) {
		if _, seen := shift[clock]; !seen {
			shift[clock] = d
			queue = append(queue, clock)
		}
	}
	for _, s := range t.Spans { // by start: the first root's clock is the reference, other trees keep their own
		if s.Parent != nil {
			continue
		}
		visit(s.clock(), 0)
		for len(queue) > 0 {
			from := queue[0]
			queue = queue[1:]
			for _, to := range next[from] {
				_, seen := shift[to]
				d := leashes[[2]string{from, to}].offset()
				if !seen && d != 0 {
					t.skewed(from, to, leashes[[2]string{from, to}])
				}
				visit(to, shift[from]+d)
			}
		}
	}
	return shift
}

// offset is what must be added to the callee's clock, 0 if nothing is proved.
func (l leash) offset() int64 {
	if !l.broken || l.low > l.high || l.low <= 0 && l.high >= 0 {
		return 0
	}
	middle := l.low + (l.high-l.low)/2
	if max(middle, -middle) < leastSkew {
		return 0
	}
	return middle
}

func (t *Trace) skewed(from, to string, l leash) {
	s := Skew{Host: to, Reference: from, Offset: -l.offset(), HalfWidth: (l.high - l.low) / 2, Calls: l.calls}
	t.Skews = append(t.Skews, s)
	t.Notes = append(t.Notes, fmt.Sprintf("the clock of %s is %d µs (±%d) ahead of %s's; its spans were moved for ordering and display",
		s.Host, s.Offset, s.HalfWidth, s.Reference))
}
