package trace

import (
	"cmp"
	"slices"
)

// leastSkew is what a clock must be off by at least, in µs, before it is worth correcting. Less than a millisecond
// is as likely rounding.
const leastSkew = 1000

// A wire is what the calls from one process to another say of their clocks. Each call says by how much the callee's clock may be
// off: its server span must fit into the client span. All of them say so together. If they allow zero, nothing is proved and
// nothing is done; if they allow nothing, it was not a constant offset but something else (a caller that gave up, work after the
// answer).
type wire struct {
	caller, callee process
	sure           leash // what nothing but a clock explains
	likely         leash // what work after the answer, or for a caller that gave up, would explain, too
}

// A leash is how far a clock may be moved, in µs.
type leash struct {
	low, high int64
	calls     int // that say so
}

// anywhere is further than any clock is off, and little enough to be added to.
const anywhere = 1 << 61

// and adds what another call says. Of ends that cross by no more than rounding, the truth lies between.
func (l leash) and(low, high int64) leash {
	low, high = max(l.low, low), min(l.high, high)
	if low > high && low-high <= leastSkew {
		low, high = high, low
	}
	return leash{low, high, l.calls + 1}
}

func (l leash) from(shift int64) leash {
	return leash{l.low + shift, l.high + shift, l.calls}
}

// within is what is left of a room.
func (l leash) within(room leash) leash {
	return leash{max(room.low, l.low), min(room.high, l.high), room.calls}
}

// open reports a leash with one end: what it holds by is proved, and no more.
func (l leash) open() bool { return l.high > anywhere/2 || l.low < -anywhere/2 }

// least is the clock's least movement that a leash asks for.
func (l leash) least() int64 {
	if l.low > 0 {
		return l.low
	}
	return l.high
}

func (l leash) empty() bool { return l.low > l.high }

// holds reports a movement that a leash allows, but for rounding.
func (l leash) holds(shift int64) bool {
	return l.low-leastSkew < shift && shift < l.high+leastSkew
}

// middle is where a clock is put: in the middle of what it may be or, if that has one end only, there.
func (l leash) middle() int64 {
	if l.open() {
		return l.least()
	}
	return l.low + (l.high-l.low)/2
}

// proves reports a leash that some call bounds, and that can be kept to.
func (l leash) proves() bool { return l.calls > 0 && !l.empty() }

func at(shift int64) leash { return leash{shift, shift, 0} }

// wires collects what calls say, by caller, in order of their first call.
func (t *Trace) wires() map[process][]*wire {
	type pair struct{ caller, callee process }
	known := map[pair]*wire{}
	wires := map[process][]*wire{}
	for _, s := range t.Spans {
		c := s.Parent
		if c == nil || s.process() == c.process() {
			continue
		}
		p := pair{c.process(), s.process()}
		w := known[p]
		if w == nil {
			w = &wire{p.caller, p.callee, leash{-anywhere, anywhere, 0}, leash{-anywhere, anywhere, 0}}
			known[p] = w
			wires[p.caller] = append(wires[p.caller], w)
		}
		if s.testifies() {
			w.hear(s, c)
		}
	}
	return wires
}

// testifies reports whether a span and the one in another process that caused it say anything about their clocks.
func (s *Span) testifies() bool {
	c := s.Parent
	if !s.Remote() || c.Kind == Producer || s.Kind == Consumer {
		return false
	}
	return c.Kind == Client && s.Kind == Server || s.Host != "" && s.Host != c.Host // else roles are guessed, and it may be one host
}

// hear takes the testimony of a span and its cause.
func (w *wire) hear(s, c *Span) {
	low, high := c.Start-s.Start, c.End()-s.End()
	within := s.Duration <= c.Duration+leastSkew && !c.Error
	overtime := s.Start >= c.Start && s.Start < c.End() && high <= -leastSkew
	if within && c.Calling() && !overtime {
		w.sure = w.sure.and(low, high)
	} else {
		w.sure = w.sure.and(low, anywhere) // nobody need have waited for its end, but no effect precedes its cause
	}
	if !within {
		high = max(c.End()-s.Start, low)
	}
	w.likely = w.likely.and(low, high)
}

// settle finds the room for the callee's clock, its caller's being moved by base, and how many of its own calls' asks need it. A clock
// is believed if it may be right; else it agrees with its caller's if it may; else it is in the middle of what its calls
// allow: those that it answers, and of those that it makes as many as can be.
func (w *wire) settle(base int64, asks []leash) (room leash, won int) {
	room, likely := at(base), w.likely.from(base)
	if w.sure.proves() {
		room = w.sure.from(base)
	}
	if room.holds(0) && (base == 0 || likely.holds(0)) {
		moved, fit := crowded(likely, asks)
		won = fit - fitting(asks, 0)
		if reasons := won + late(likely); reasons >= 2 && moved.proves() && !moved.holds(0) {
			return moved, won
		}
		return at(0), 0
	}
	near := room
	if closer := likely.within(room); !closer.empty() {
		near = closer
	}
	part, fit := crowded(near, asks)
	if fit > 0 || !room.open() {
		room = part
	}
	if room.holds(base) {
		return at(base), 0
	}
	return room, fit - fitting(asks, 0)
}

func late(likely leash) int {
	if likely.holds(0) {
		return 0
	}
	return 1
}

// asked lists what the calls that a process makes ask of its clock, by callee. Callees that are not settled yet count as right.
func asked(wires []*wire, shift map[process]int64) (asks []leash) {
	for _, w := range wires {
		if callee := shift[w.callee]; w.sure.proves() {
			asks = append(asks, leash{callee - w.sure.high, callee - w.sure.low, 1})
		}
	}
	return asks
}

func fitting(asks []leash, shift int64) (n int) {
	for _, a := range asks {
		if a.holds(shift) {
			n++
		}
	}
	return n
}

// crowded is the part of a room in which most asks are met, and how many.
func crowded(room leash, asks []leash) (part leash, most int) {
	type edge struct {
		at   int64
		step int
	}
	var edges []edge
	for _, a := range asks {
		if a = a.within(room); !a.empty() {
			edges = append(edges, edge{a.low, 1}, edge{a.high + 1, -1})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.step, b.step)) })
	part, met := room, 0
	for i, e := range edges {
		if met += e.step; met > most {
			part, most = leash{e.at, edges[i+1].at - 1, room.calls}, met
		}
	}
	return part, most
}
