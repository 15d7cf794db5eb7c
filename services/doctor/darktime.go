package doctor

import (
	"fmt"

	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var darkTime = rule{
	kind:  DarkTime,
	title: "A long stretch in which nothing is recorded",
	doc: `Somewhere in a span that has children, or in a process's entry that has none, the critical path
goes through a stretch that no other span covers: at least 10 ms and a fifth of the request at once, or half of
the request in all. That is not computing and not waiting: the trace cannot tell. The finding names the spans
before and after, between which a new span belongs.

Saving: none is claimed. The share is what the report as a whole cannot explain.

What fools it: sampling or lost spans, which make dark what was recorded; a process that needs no more spans, as
all it does is one thing.`,
	find: findDarkTime,
}

const darkStretch = 10_000 // µs

func findDarkTime(e *exam) []suspicion {
	worth, _ := e.suspects()
	accused := map[*trace.Span]bool{}
	for _, p := range worth {
		for _, s := range p.spans {
			accused[s] = p.isEdge() || p.inner()
		}
	}
	longest := make([]int32, len(e.trace.Spans)) // the longest stretch in a span, as its place in the path plus one; by Span.Index
	pauses, paused := e.loopPauses(), map[*trace.Span]int64{}
	for i, seg := range e.path {
		if pauses[moment{seg.Span, seg.Lo}] {
			paused[seg.Span] += seg.Duration()
			continue
		}
		if j := longest[seg.Span.Index]; j == 0 || seg.Duration() > e.path[j-1].Duration() {
			longest[seg.Span.Index] = int32(i + 1)
		}
	}
	var found []suspicion
	for _, s := range e.spent {
		at := int(longest[s.Index]) - 1
		if at < 0 || !dark(s) {
			continue
		}
		if len(s.Children) == 0 && s != e.root {
			continue // a callee that records nothing: slow-dependency says so, if it matters
		}
		own, stretch := e.own[s.Index]-paused[s], e.path[at].Duration()
		long := stretch >= darkStretch && e.share(stretch) >= 0.2
		mostly := own >= darkStretch && e.share(own) >= 0.5
		if !long && !mostly && !(e.suspected(worth, s) && own >= slowVisit) {
			continue
		}
		found = append(found, e.darkTime(s, at, own, accused[s]))
	}
	return found
}

// dark reports whether a span's own time says nothing of what was done in it: it has parts that were recorded and these
// are not among them, or it is but the door through which a request came.
func dark(s *trace.Span) bool {
	if s.Calling() || housekeeping(s) {
		return false
	}
	return len(s.Children) > 0 || s.Parent == nil || s.Remote() || s.Kind == trace.Server || s.Kind == trace.Consumer
}

// A moment is when a span's own time goes on.
type moment struct {
	span *trace.Span
	at   int64
}

// loopPauses are the stretches between the turns of a loop. They are back-off, or an interval, or the loop's own work, and
// belong to what is said of the loop.
func (e *exam) loopPauses() map[moment]bool {
	pauses := map[moment]bool{}
	for _, l := range e.loops(3) {
		for _, u := range l.units[:len(l.units)-1] {
			pauses[moment{l.parent, u.End()}] = true
		}
	}
	return pauses
}

// suspected reports whether the span is among the dearest places, and no edge or inner operation stands for it.
func (e *exam) suspected(worth []*place, s *trace.Span) bool {
	for _, p := range worth {
		if !p.isEdge() && !p.inner() && p.visits[0].span == s {
			return true
		}
	}
	return false
}

func (e *exam) darkTime(s *trace.Span, at int, own int64, told bool) suspicion {
	seg := e.path[at]
	f := suspicion{spans: []*trace.Span{s}, minor: told}
	f.Service, f.Operation, f.Count = s.Service, s.Name, 1
	f.CriticalPathUS = own
	f.Saving.Basis, f.Confidence, f.Evidence = None, Medium, Sufficient
	f.high = []path.Change{path.Shorter(s, e.own[s.Index])} // to see whether another finding explains it
	f.Because = fmt.Sprintf("%s of `%s` in %s is covered by no other span (%s of the request); %s of it at once, %s",
		ms(own), s.Name, s.Service, percent(e.share(own)), ms(seg.Duration()), e.around(at))
	f.Unless = "spans were lost or sampled away there"
	f.Fix = fmt.Sprintf("put a span in %s %s", s.Service, e.around(at))
	return f
}

// around says between which spans a stretch of the path lies.
func (e *exam) around(at int) string {
	seg := e.path[at]
	var before, after *trace.Span
	for _, c := range seg.Span.Children {
		if c.End() <= seg.Lo+1 && (before == nil || c.End() > before.End()) {
			before = c
		}
		if c.Start >= seg.Hi-1 && after == nil {
			after = c
		}
	}
	switch {
	case before != nil && after != nil:
		return fmt.Sprintf("between the end of `%s` and the start of `%s`", before.Name, after.Name)
	case before != nil:
		return fmt.Sprintf("after the end of `%s`", before.Name)
	case after != nil:
		return fmt.Sprintf("before the start of `%s`", after.Name)
	}
	return "where nothing else is recorded"
}

// unexplained is the share of the root during which the critical path is in a span that has parts, and in none of these.
func (e *exam) unexplained() float64 {
	var us int64
	for _, s := range e.spent {
		if dark(s) && (len(s.Children) > 0 || s == e.root) {
			us += e.own[s.Index]
		}
	}
	return e.share(us)
}
