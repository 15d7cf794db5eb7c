package evidence

import (
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A Gap is how much longer a caller waited than its callee worked.
type Gap struct {
	Call *call.Call
	Wait trace.Micros
}

// unaccounted is the gap of a call; ok is false if one of the two sides has no span.
func unaccounted(c *call.Call) (us trace.Micros, ok bool) {
	if c.Server == nil || c.Server == c.Span || c.Span.Kind == trace.Producer || c.Server.Kind == trace.Consumer {
		return 0, false
	}
	us = c.Span.Duration
	for _, s := range c.Span.Children {
		us -= s.Duration
	}
	return max(us, 0), true
}

// longGap is the least gap that is worth a mention.
const longGap = 10 * trace.Millisecond

func (g Gap) inflated() bool { return g.Wait >= longGap && g.Wait*2 >= g.Call.Span.Duration }

// gaps lists the gaps of all calls of which both sides have a span.
func (e *Exam) gaps() (list []Gap) {
	for _, c := range e.Calls {
		if us, ok := unaccounted(c); ok {
			list = append(double(list), Gap{c, us})
		}
	}
	return list
}

// CallerGaps are the inflated gaps of one caller, on and off the critical path.
type CallerGaps struct {
	Caller  string
	Callees [][]Gap // those of each callee, in order of its first call
	prompt  bool    // some of its calls take hardly longer than the callee's work
}

// Gaps groups the inflated gaps of all calls by caller. Healthy is the median of the others.
func (e *Exam) Gaps() (callers []*CallerGaps, healthy trace.Micros) {
	explained := map[*call.Call]bool{}
	for _, g := range e.ColdGaps() {
		explained[g.First.Call] = true
	}
	for _, b := range e.Bursts() { // their waits are explained
		for i, c := range b.Calls {
			if b.Waits[i] > 0 {
				explained[c] = true
			}
		}
	}
	all := slices.DeleteFunc(e.gaps(), func(g Gap) bool { return explained[g.Call] || g.coldStart() })
	var small []trace.Micros
	for _, gaps := range grouped(all, func(g Gap) string { return g.Call.Caller }) {
		var inflated []Gap
		for _, g := range gaps {
			if g.inflated() {
				inflated = append(inflated, g)
			} else {
				small = append(small, g.Wait)
			}
		}
		callees := grouped(inflated, func(g Gap) string { return g.Call.Callee })
		callers = append(callers, &CallerGaps{gaps[0].Call.Caller, callees, len(inflated) < len(gaps)})
	}
	return callers, Median(small)
}

// Starved reports a caller that waits for all its callees alike: for three or more, none much less than for the
// longest, or for two if it has no others and none of its calls is prompt.
func (by *CallerGaps) Starved() bool {
	if len(by.Callees) < 2 {
		return false
	}
	typical := each(by.Callees, func(gaps []Gap) trace.Micros { return Median(lengths(gaps)) })
	longest, alike := slices.Max(typical), 0
	for _, us := range typical {
		if us*4 >= longest {
			alike++
		}
	}
	return alike >= 3 || alike >= 2 && !by.prompt
}

// Lateness is the unexplained self time of the callers' own processes around the calls. It is 0 if that is less than
// a quarter of the waits: then the callers themselves are not late.
func (e *Exam) Lateness(gaps []Gap) (own trace.Micros) {
	var waited trace.Micros
	counted := map[*trace.Span]bool{}
	for _, g := range gaps {
		waited += g.Wait
		entry := e.Entry[g.Call.Span.Index]
		if !counted[entry] && entry != g.Call.Span { // a proxy's only span is the call itself
			counted[entry] = true
			own += e.Self[entry.Index]
		}
	}
	if own*4 < waited {
		return 0
	}
	return own
}

// WaitedFor drops the gaps that are not on the critical path.
func (e *Exam) WaitedFor(gaps []Gap) []Gap {
	return slices.DeleteFunc(slices.Clone(gaps), func(g Gap) bool { return e.Self[g.Call.Span.Index] == 0 })
}

// A ColdGap is an edge on which the first call waits long and no later call does.
type ColdGap struct {
	First Gap
	Later trace.Micros // the median gap of the later calls
	Count int          // the number of later calls
}

// ColdGaps lists the edges whose first call set up the connection, by the gaps.
func (e *Exam) ColdGaps() (cold []ColdGap) {
	type edge struct{ caller, callee string }
	all := slices.DeleteFunc(e.gaps(), Gap.coldStart)
	for _, gaps := range grouped(all, func(g Gap) edge { return edge{g.Call.Caller, g.Call.Callee} }) {
		first, later := gaps[0], lengths(gaps[1:])
		cool := first.Wait >= longGap && first.Wait >= 5*Median(later) && e.Self[first.Call.Span.Index] > 0
		if len(later) < 3 || !cool || slices.Max(later) >= longGap {
			continue
		}
		cold = append(cold, ColdGap{first, Median(later), len(later)})
	}
	return cold
}

// coldStart reports whether the callee had to be started for the call, by its own record, and most of the gap lies before it began.
func (g Gap) coldStart() bool {
	server := g.Call.Server
	return g.Wait >= longGap && strings.EqualFold(server.Get(trace.ColdStart), "true") && (server.Start-g.Call.Span.Start)*2 >= g.Wait
}

// ColdStarts lists the calls for which their callee had to be started, by edge, if one of them is on the critical path.
func (e *Exam) ColdStarts() [][]Gap {
	type edge struct{ caller, callee string }
	all := slices.DeleteFunc(e.gaps(), func(g Gap) bool { return !g.coldStart() })
	edges := grouped(all, func(g Gap) edge { return edge{g.Call.Caller, g.Call.Callee} })
	return slices.DeleteFunc(edges, func(gaps []Gap) bool { return len(e.WaitedFor(gaps)) == 0 })
}

func lengths(gaps []Gap) []trace.Micros {
	return each(gaps, func(g Gap) trace.Micros { return g.Wait })
}

// FarBeyond is the least overrun of a call that is worth a mention.
func FarBeyond(s *trace.Span) trace.Micros { return max(10*trace.Millisecond, s.Duration/10) }

// WaitsBetween reports whether most of a place's time is gaps between caller and callee.
func (e *Exam) WaitsBetween(p *Place) bool {
	var us trace.Micros
	for _, v := range p.Visits {
		c := e.CallOf[v.Span.Index]
		if c == nil {
			continue
		}
		if wait, ok := unaccounted(c); ok && (Gap{c, wait}).inflated() {
			us += min(wait, e.Self[v.Span.Index])
		}
	}
	return us*2 >= p.Total
}
