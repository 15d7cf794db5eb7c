package evidence

import (
	"cmp"
	"slices"
	"sort"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A Stall is a time in which a process handled no answers: its calls to different callees all end at the same moment, though one of
// them was answered long before.
type Stall struct {
	Answered Gap          // the call that was answered, and how long its answer waited
	Others   []*call.Call // that end with it
}

// LongStall is a wait after which two calls hardly ever end together by chance.
const LongStall = 100 * trace.Millisecond

// Stalls finds the stalls of all processes. Stores record no spans of their own, so that one answered call has to prove it for all.
func (e *Exam) Stalls() (list []Stall) {
	gaps := slices.DeleteFunc(e.gaps(), func(g Gap) bool { return !g.inflated() || call.Failed(g.Call.Span) })
	if len(gaps) == 0 {
		return nil
	}
	byEnd := slices.Clone(e.Calls)
	slices.SortStableFunc(byEnd, func(a, b *call.Call) int { return cmp.Compare(a.Span.End(), b.Span.End()) })
	stalled := map[*call.Call]bool{}
	for _, g := range gaps {
		if stalled[g.Call] {
			continue
		}
		others := e.endingWith(g, byEnd)
		if n := distinctCallees(others, g.Call.Callee); n < 2 || n < 3 && g.Wait < LongStall {
			continue
		}
		for _, c := range others {
			stalled[c] = true
		}
		list = append(list, Stall{g, others})
	}
	return list
}

// endingWith lists the other calls of the same process that end with a call, and ran for most of the time for which its answer waited.
func (e *Exam) endingWith(g Gap, byEnd []*call.Call) (list []*call.Call) {
	const most = 256 // calls
	s := g.Call.Span
	near := max(2*trace.Millisecond, g.Wait/40)
	from := sort.Search(len(byEnd), func(i int) bool { return byEnd[i].Span.End() >= s.End()-near })
	for _, c := range byEnd[from:min(len(byEnd), from+most)] {
		if c.Span.End() > s.End()+near {
			break
		}
		inProcess := c != g.Call && e.Entry[c.Span.Index] == e.Entry[s.Index]
		if inProcess && c.Span.Start <= s.End()-g.Wait*3/4 && !c.Failed && !c.Housekeeping {
			list = append(list, c)
		}
	}
	return list
}

// distinctCallees counts the callees of the calls and one more.
func distinctCallees(calls []*call.Call, another string) int {
	names := map[string]bool{another: true}
	for _, c := range calls {
		names[c.Callee] = true
	}
	return len(names)
}
