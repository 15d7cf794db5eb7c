package trace

// leastSkew is what a clock must be off by at least, in µs, before it is worth correcting. Less than a millisecond
// is as likely rounding.
const leastSkew = 1000

// A wire is what the calls from one process to another say of their clocks. Each call says by how much the callee's clock may be
// off: its server span must fit into the client span. All of them say so together. If they allow zero, nothing is proved and
// nothing is done; if they allow nothing, it was not a constant offset but something else (a caller that gave up, work after the
// answer).
type wire struct {
	caller, callee process
	sure           leash // by calls of which nothing else would explain that they do not fit
	likely         leash // with those that end after their callers' waits, as work after the answer would too
}

// A leash is how far a clock may be moved, in µs.
type leash struct {
	low, high int64
	calls     int // that say so
}

// anywhere is further than any clock is off, and little enough to be added to.
const anywhere = 1 << 61

func (l leash) and(low, high int64) leash {
	return leash{max(l.low, low), min(l.high, high), l.calls + 1}
}

func (l leash) from(shift int64) leash {
	return leash{l.low + shift, l.high + shift, l.calls}
}

func (l leash) empty() bool            { return l.low > l.high }
func (l leash) holds(shift int64) bool { return l.low <= shift && shift <= l.high }
func (l leash) middle() int64          { return l.low + (l.high-l.low)/2 }

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
		if c == nil || !s.Remote() || s.process() == c.process() {
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

// testifies reports whether a server span and its caller say anything about their clocks. Not if the callee may have worked on
// alone, for then it need not fit into the caller's wait.
func (s *Span) testifies() bool {
	c := s.Parent
	switch {
	case !c.Calling() || c.Kind == Producer || s.Kind == Consumer:
		return false
	case (c.Kind != Client || s.Kind != Server) && (s.Host == "" || s.Host == c.Host):
		return false // roles are guessed, and it may be one host: too little for a proof
	}
	return s.Duration <= c.Duration && !c.Error
}

// hear takes a call's testimony.
func (w *wire) hear(s, c *Span) {
	low, high := c.Start-s.Start, c.End()-s.End()
	if low < leastSkew {
		low = min(low, 0)
	}
	if high > -leastSkew {
		high = max(high, 0)
	}
	w.likely = w.likely.and(low, high)
	if begun := s.Start >= c.Start && s.Start < c.End(); !begun || high >= 0 {
		w.sure = w.sure.and(low, high)
	}
}

// settle finds the room for the callee's clock, its caller's being moved by base. A clock is believed if it may be right; else it agrees
// with its caller's if it may; else it is in the middle of what its calls allow. Its own calls have a say, as far as they can.
func (w *wire) settle(base int64, own demand) leash {
	room := at(base)
	if w.sure.proves() {
		room = w.sure.from(base)
	}
	if room.holds(0) {
		if moved := own.within(w.likely.from(base)); own.broken+late(w.likely.from(base)) >= 2 && moved.proves() && !moved.holds(0) {
			return moved
		}
		return at(0)
	}
	if closer := own.within(room); !closer.empty() {
		room = closer
	}
	if room.holds(base) {
		return at(base)
	}
	return room
}

func late(likely leash) int {
	if likely.holds(0) {
		return 0
	}
	return 1
}

// A demand is what the calls that a process makes ask of its clock, where their callees' are right.
type demand struct {
	leash
	broken int // processes whose calls do not fit, unless the clock is moved
}

// below is the demand of a process with these wires. Callees that are not settled yet count as right.
func below(wires []*wire, shift map[process]int64) demand {
	d := demand{leash: leash{-anywhere, anywhere, 0}}
	for _, w := range wires {
		if !w.sure.proves() {
			continue
		}
		callee := shift[w.callee]
		d.leash = d.and(callee-w.sure.high, callee-w.sure.low)
		if !w.sure.holds(callee) {
			d.broken++
		}
	}
	return d
}

// within is what a demand leaves of a room.
func (d demand) within(room leash) leash {
	return leash{max(room.low, d.low), min(room.high, d.high), room.calls}
}
