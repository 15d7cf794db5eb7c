package trace

import (
	"fmt"
	"time"
)

// A Skew is a constant difference between two processes' clocks that the trace itself proves.
type Skew struct {
	Service, Host string // whose clock it is
	Reference     string // the service of the root above it, whose clock is taken as right
	Offset        int64  // µs that the clock is ahead of Reference's; negative when behind
	HalfWidth     int64  // µs by which Offset may be wrong; 0 if AtLeast
	AtLeast       bool   // Offset is the least that is proved
	Calls         int    // calls to the process that bound it
	Below         int    // processes that it calls and whose spans fit only so, too
}

// A process is what keeps time.
type process struct{ service, host string }

func (s *Span) process() process { return process{s.Service, s.Host} }

// align finds processes whose clocks provably disagree with the clock of the root above them, and shifts their spans, for ordering
// and display. It reports whether it moved anything. Durations never change.
func (t *Trace) align() bool {
	shift := t.spread(t.wires())
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

// spread walks from process to process and settles each one's clock when its caller's is settled.
func (t *Trace) spread(wires map[process][]*wire) map[process]int64 {
	shift := map[process]int64{}
	for _, s := range t.Spans { // by start: the first root's clock is the reference, other trees keep their own
		root := s.process()
		if _, seen := shift[root]; s.Parent != nil || seen {
			continue
		}
		shift[root] = 0
		queue := []process{root}
		for len(queue) > 0 {
			from := queue[0]
			queue = queue[1:]
			for _, w := range wires[from] {
				if _, seen := shift[w.callee]; seen {
					continue
				}
				room, won := w.settle(shift[from], asked(wires[w.callee], shift))
				shift[w.callee] = room.middle()
				if shift[w.callee] != 0 && shift[w.callee] != shift[from] {
					t.skewed(root, w, room, won)
				}
				queue = append(queue, w.callee)
			}
		}
	}
	return shift
}

func (t *Trace) skewed(root process, w *wire, room leash, below int) {
	s := Skew{
		Service: w.callee.service, Host: w.callee.host, Reference: root.service, Offset: -room.middle(), AtLeast: room.open(),
		Calls: w.likely.calls, Below: below,
	}
	if !s.AtLeast {
		s.HalfWidth = (room.high - room.low) / 2
	}
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
	by := fmt.Sprintf("%s (±%s)", us(max(s.Offset, -s.Offset)), us(s.HalfWidth))
	if s.AtLeast {
		by = "at least " + us(max(s.Offset, -s.Offset)).String()
	}
	return fmt.Sprintf("the clock of %s is %s %s that of %s; its spans were moved for ordering and display", whose, by, ahead, s.Reference)
}
