package evidence

import (
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
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

// longGap is the least gap, in µs, that is worth a mention.
const longGap = 10_000

func (g Gap) inflated() bool { return g.Wait >= longGap && g.Wait*2 >= g.Call.Span.Duration }

// CallerGaps are the inflated gaps of one caller, on and off the critical path.
type CallerGaps struct {
	Caller  string
	Callees []string         // in order of their first call
	Gaps    map[string][]Gap // by callee
	prompt  bool             // some of its calls take hardly longer than the callee's work
}

// Gaps groups the inflated gaps of all calls by caller. Healthy is the median of the others.
func (e *Exam) Gaps() (callers []*CallerGaps, healthy trace.Micros) {
	index := map[string]*CallerGaps{}
	cold := map[*call.Call]bool{} // see ColdGaps
	for _, g := range e.ColdGaps() {
		cold[g.First.Call] = true
	}
	var small []trace.Micros
	for _, c := range e.Calls {
		us, ok := unaccounted(c)
		if !ok || cold[c] {
			continue
		}
		by := index[c.Caller]
		if by == nil {
			by = &CallerGaps{Caller: c.Caller, Gaps: map[string][]Gap{}}
			index[c.Caller] = by
			callers = append(callers, by)
		}
		g := Gap{c, us}
		if !g.inflated() {
			small = append(small, us)
			by.prompt = true
			continue
		}
		if by.Gaps[c.Callee] == nil {
			by.Callees = append(by.Callees, c.Callee)
		}
		by.Gaps[c.Callee] = append(by.Gaps[c.Callee], g)
	}
	return callers, Median(small)
}

// Starved reports a caller that waits for all its callees alike: for three or more, none much less than for the
// longest, or for two if it has no others and none of its calls is prompt.
func (by *CallerGaps) Starved() bool {
	var longest trace.Micros
	typical := map[string]trace.Micros{}
	for callee, gaps := range by.Gaps {
		typical[callee] = Median(lengths(gaps))
		longest = max(longest, typical[callee])
	}
	alike := 0
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

// All lists the gaps of all callees.
func (by *CallerGaps) All() (gaps []Gap) {
	for _, callee := range by.Callees {
		gaps = append(gaps, by.Gaps[callee]...)
	}
	return gaps
}

// WaitedFor drops the gaps that are not on the critical path.
func (e *Exam) WaitedFor(gaps []Gap) (list []Gap) {
	for _, g := range gaps {
		if e.Self[g.Call.Span.Index] > 0 {
			list = append(list, g)
		}
	}
	return list
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
	gaps := map[edge][]Gap{}
	var edges []edge
	for _, c := range e.Calls {
		us, ok := unaccounted(c)
		if !ok {
			continue
		}
		k := edge{c.Caller, c.Callee}
		if gaps[k] == nil {
			edges = append(edges, k)
		}
		gaps[k] = append(gaps[k], Gap{c, us})
	}
	for _, k := range edges {
		first, later := gaps[k][0], lengths(gaps[k][1:])
		cool := first.Wait >= longGap && first.Wait >= 5*Median(later) && e.Self[first.Call.Span.Index] > 0
		if len(later) < 3 || !cool || slices.Max(later) >= longGap {
			continue
		}
		cold = append(cold, ColdGap{first, Median(later), len(later)})
	}
	return cold
}

func lengths(gaps []Gap) []trace.Micros {
	return each(gaps, func(g Gap) trace.Micros { return g.Wait })
}

// Overrun is how long a callee worked after its caller had stopped waiting, in µs; 0 if it did not.
func (e *Exam) Overrun(c *call.Call) trace.Micros {
	if c.Server == nil || c.Server == c.Span || e.Model.Waits(c.Span, c.Server) != path.GaveUp {
		return 0
	}
	return c.Server.End() - c.Span.End()
}

// FarBeyond is the least overrun of a call, in µs, that is worth a mention.
func FarBeyond(s *trace.Span) trace.Micros { return max(10_000, s.Duration/10) }

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
