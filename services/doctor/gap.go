package doctor

import (
	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A gap is how much longer a caller waited than its callee worked.
type gap struct {
	call *call.Call
	us   int64
}

// unaccounted is the gap of a call; ok is false if one of its two sides is missing.
func unaccounted(c *call.Call) (us int64, ok bool) {
	if c.Server == nil || c.Server == c.Span || c.Span.Kind == trace.Producer || c.Server.Kind == trace.Consumer {
		return 0, false
	}
	us = c.Span.Duration
	for _, s := range c.Span.Children {
		us -= s.Duration
	}
	return max(us, 0), true
}

// longGap is what a caller must wait beyond its callee's work, in µs, to be worth a word.
const longGap = 10_000

func (g gap) inflated() bool { return g.us >= longGap && g.us*2 >= g.call.Span.Duration }

// gapsByCaller are the inflated gaps of one caller, on the critical path and beside it.
type gapsByCaller struct {
	caller  string
	callees []string         // in order of their first call
	gaps    map[string][]gap // by callee
	prompt  bool             // some of its calls wait hardly longer than the callee works
}

// gaps lists the gaps of all calls by caller, and what is healthy: the median of those that are not inflated.
func (e *exam) gaps() (callers []*gapsByCaller, healthy int64) {
	index := map[string]*gapsByCaller{}
	cold := map[*call.Call]bool{} // see cold-connect
	for _, g := range e.coldGaps() {
		cold[g.first.call] = true
	}
	var small []int64
	for _, c := range e.calls {
		us, ok := unaccounted(c)
		if !ok || cold[c] {
			continue
		}
		by := index[c.Caller]
		if by == nil {
			by = &gapsByCaller{caller: c.Caller, gaps: map[string][]gap{}}
			index[c.Caller] = by
			callers = append(callers, by)
		}
		g := gap{c, us}
		if !g.inflated() {
			small = append(small, us)
			by.prompt = true
			continue
		}
		if by.gaps[c.Callee] == nil {
			by.callees = append(by.callees, c.Callee)
		}
		by.gaps[c.Callee] = append(by.gaps[c.Callee], g)
	}
	return callers, median(small)
}

// starved reports whether three or more callees are waited for alike, none much less than the longest; or two, if
// the caller has no others and no call of it is prompt.
func (by *gapsByCaller) starved() bool {
	var longest int64
	typical := map[string]int64{}
	for callee, gaps := range by.gaps {
		typical[callee] = median(lengths(gaps))
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

// lateness is the time that the callers' own processes spent unexplained around the calls, and 0 if that is less than
// a quarter of the waits: then the callers are not late themselves.
func (e *exam) lateness(gaps []gap) (own int64) {
	var waited int64
	counted := map[*trace.Span]bool{}
	for _, g := range gaps {
		waited += g.us
		door := e.door[g.call.Span.Index]
		if !counted[door] && door != g.call.Span { // a proxy's only span is the call itself
			counted[door] = true
			own += e.own[door.Index]
		}
	}
	if own*4 < waited {
		return 0
	}
	return own
}

// all are the gaps of all callees.
func (by *gapsByCaller) all() (gaps []gap) {
	for _, callee := range by.callees {
		gaps = append(gaps, by.gaps[callee]...)
	}
	return gaps
}

// waitedFor leaves out the gaps beside the critical path.
func (e *exam) waitedFor(gaps []gap) (list []gap) {
	for _, g := range gaps {
		if e.own[g.call.Span.Index] > 0 {
			list = append(list, g)
		}
	}
	return list
}
