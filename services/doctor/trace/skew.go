package trace

import "fmt"

// A Skew is a constant difference between the clocks of two processes that the trace proves.
type Skew struct {
	Service, Host    string // the process whose clock is wrong
	Reference        string // the service of the root above it, whose clock counts as right
	Offset           Micros // how far the clock is ahead of the reference, in µs; negative if it is behind
	HalfWidth        Micros // the largest error of Offset, in µs; 0 if LowerBound
	LowerBound       bool   // Offset is a lower bound
	Calls            int    // how many calls to the process prove it
	CalleesExplained int    // how many of its callees have spans that fit only with this offset
}

// A Process is what has a clock: a service on a host.
type Process struct{ Service, Host string }

// Process is the process in which s ran.
func (s *Span) Process() Process { return Process{s.Service, s.Host} }

// align finds the processes whose clocks provably disagree with that of the root above them, and shifts their spans, for ordering and
// display. It reports whether it moved any. Durations never change.
func (t *Trace) align() bool {
	shifts := t.shifts(t.links())
	if len(t.Skews) == 0 {
		return false
	}
	for _, s := range t.Spans {
		s.shift(shifts[s.Process()])
	}
	return true
}

// shifts settles the clock of each process after that of its caller, and records the skews.
func (t *Trace) shifts(links map[Process][]*link) map[Process]Micros {
	shifts := map[Process]Micros{}
	for _, s := range t.Spans { // by start: the first root's clock is the reference; other trees have their own
		root := s.Process()
		if _, known := shifts[root]; s.Parent != nil || known {
			continue
		}
		shifts[root] = 0
		for queue := []Process{root}; len(queue) > 0; queue = queue[1:] {
			caller := queue[0]
			for _, l := range links[caller] {
				if _, known := shifts[l.callee]; known {
					continue
				}
				limits, gained := l.settle(shifts[caller], outgoing(links[l.callee], shifts))
				shifts[l.callee] = limits.best()
				if limits.best() != 0 && limits.best() != shifts[caller] {
					t.addSkew(root, l, limits, gained)
				}
				queue = append(queue, l.callee)
			}
		}
	}
	return shifts
}

func (t *Trace) addSkew(root Process, l *link, limits bounds, below int) {
	s := Skew{
		Service: l.callee.Service, Host: l.callee.Host, Reference: root.Service, Offset: -limits.best(), LowerBound: limits.oneSided(),
		Calls: l.likely.calls, CalleesExplained: below,
	}
	if !s.LowerBound {
		s.HalfWidth = (limits.high - limits.low) / 2
	}
	t.Skews = append(t.Skews, s)
	t.Notes = append(t.Notes, s.String())
}

// String describes the skew in a sentence.
func (s Skew) String() string {
	process, ahead := s.Service, "ahead of"
	if s.Host != "" {
		process += " on " + s.Host
	}
	if s.Offset < 0 {
		ahead = "behind"
	}
	offset := max(s.Offset, -s.Offset).Duration()
	by := fmt.Sprintf("%s (±%s)", offset, s.HalfWidth.Duration())
	if s.LowerBound {
		by = fmt.Sprintf("at least %s", offset)
	}
	return fmt.Sprintf("the clock of %s is %s %s that of %s; its spans were moved for ordering and display", process, by, ahead, s.Reference)
}
