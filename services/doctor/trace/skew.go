package trace

import (
	"fmt"
	"time"
)

// A Skew is a constant difference between two processes' clocks that the trace itself proves.
type Skew struct {
	Service, Host string // whose clock it is
	Reference     string // the service that calls it, and whose clock is taken as right
	Offset        int64  // µs that the clock is ahead of Reference's; negative when behind
	HalfWidth     int64  // µs by which Offset may be wrong
	Calls         int    // calls between the two that bound it
}

// leastSkew is what a clock must be off by at least, in µs, before it is worth correcting. Less than a millisecond
// is as likely rounding.
const leastSkew = 1000

// A process is what keeps time.
type process struct{ service, host string }

func (s *Span) process() process { return process{s.Service, s.Host} }

// A wire is a pair of processes of which the first calls the second.
type wire struct{ caller, callee process }

// A leash is how far a callee's clock may be moved so that every call fits into its caller's wait.
type leash struct {
	low, high int64
	calls     int
	broken    bool // some call starts before it was made, or after its answer
}

// align finds processes whose clocks provably disagree and shifts their spans onto the clock of the root
// above them, for ordering and display. It reports whether it moved anything. Durations never change.
//
// Each call says by how much the callee's clock may be off: its server span must fit into the client span.
// All calls between two processes say so together. If they allow zero, nothing is proved and nothing is done; if they allow
// nothing, it was not a constant offset but something else (a caller that gave up, work after the answer).
func (t *Trace) align() bool {
	wires, leashes := t.leashes()
	shift := t.spread(wires, leashes)
	if len(t.Skews) == 0 {
		return false
	}
	for _, s := range t.Spans {
		if d := shift[s.process()]; d != 0 {
			s.Start += d
			for i := range s.Events {
				s.Events[i].Time += d
			}
		}
	}
	return true
}

// leashes collects what the calls between each two processes say, in order of their first call.
func (t *Trace) leashes() (wires []wire, leashes map[wire]leash) {
	leashes = map[wire]leash{}
	for _, s := range t.Spans {
		c := s.Parent
		if c == nil || !s.testifies() {
			continue
		}
		w := wire{c.process(), s.process()}
		low, high := c.Start-s.Start, c.End()-s.End()
		l, known := leashes[w]
		if known {
			low, high = max(l.low, low), min(l.high, high)
		} else {
			wires = append(wires, w)
		}
		outside := s.Start < c.Start || s.Start >= c.End()
		leashes[w] = leash{low, high, l.calls + 1, l.broken || outside}
	}
	return wires, leashes
}

// testifies reports whether a server span and its caller say anything about their clocks. Not if they share one, nor
// if the callee may have worked on alone, for then it need not fit into the caller's wait.
func (s *Span) testifies() bool {
	c := s.Parent
	switch {
	case !s.Remote() || !c.Calling() || s.process() == c.process() || c.Kind == Producer || s.Kind == Consumer:
		return false
	case (c.Kind != Client || s.Kind != Server) && (s.Host == "" || s.Host == c.Host):
		return false // roles are guessed, and it may be one host: too little for a proof
	case s.Duration > c.Duration || c.Error:
		return false
	}
	overtime := s.Start >= c.Start && s.Start < c.End() && s.End() > c.End()
	return !overtime
}

// spread walks from process to process and adds the offsets up, so that every clock ends on its root's.
func (t *Trace) spread(wires []wire, leashes map[wire]leash) map[process]int64 {
	next := map[process][]process{}
	for _, w := range wires {
		next[w.caller] = append(next[w.caller], w.callee)
	}
	shift := map[process]int64{}
	for _, s := range t.Spans { // by start: the first root's clock is the reference, other trees keep their own
		if _, seen := shift[s.process()]; s.Parent != nil || seen {
			continue
		}
		shift[s.process()] = 0
		queue := []process{s.process()}
		for len(queue) > 0 {
			from := queue[0]
			queue = queue[1:]
			for _, to := range next[from] {
				if _, seen := shift[to]; seen {
					continue
				}
				l := leashes[wire{from, to}]
				if l.offset() != 0 {
					t.skewed(from, to, l)
				}
				shift[to] = shift[from] + l.offset()
				queue = append(queue, to)
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
	if max(l.low, -l.high) < leastSkew {
		return 0
	}
	return l.low + (l.high-l.low)/2
}

func (t *Trace) skewed(from, to process, l leash) {
	s := Skew{to.service, to.host, from.service, -l.offset(), (l.high - l.low) / 2, l.calls}
	t.Skews = append(t.Skews, s)
	t.Notes = append(t.Notes, s.String())
}

// String says it in a sentence.
func (s Skew) String() string {
	us := func(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
	whose, ahead := s.Service, "ahead of"
	if s.Host != "" {
		whose += " on " + s.Host
	}
	if s.Offset < 0 {
		ahead = "behind"
	}
	return fmt.Sprintf("the clock of %s is %s (±%s) %s that of %s; its spans were moved for ordering and display",
		whose, us(max(s.Offset, -s.Offset)), us(s.HalfWidth), ahead, s.Reference)
}
