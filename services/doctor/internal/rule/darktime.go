package rule

import (
	"fmt"
	"sort"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var darkTime = Rule{
	Kind:  finding.DarkTime,
	Title: "A long stretch in which nothing is recorded",
	Doc: `Somewhere in a span that has children, or in a process's entry that has none, the critical path goes through a
stretch that no other span covers: at least 10 ms and a fifth of the request at once, or 20 ms and a tenth,
where no other place takes as long; or half of the request in all. That is not computing and not waiting: the
trace cannot tell. The finding names the spans before and after, between which a new span belongs.

The pauses between the turns of a loop are not dark: they are back-off, an interval, or the loop's own work. If
somebody polls at even intervals, that is mentioned here; and so is how long a worker, for which nobody waits,
waited in a blocking receive for something to do.

Saving: none is claimed. The share is what the report as a whole cannot explain.

What can mislead it: sampling or lost spans, which make dark what was recorded; a process that needs no more spans, as
all it does is one thing.`,
	Find: findDarkTime,
}

const darkStretch = 10_000 // µs

func findDarkTime(e *evidence.Exam) []Suspicion {
	worth, _ := e.SlowPlaces()
	accused := map[*trace.Span]bool{}
	for _, p := range worth {
		for _, s := range p.Spans {
			accused[s] = p.IsEdge() || p.Inner()
		}
	}
	var found []Suspicion
	d := e.Dark()
	for _, s := range e.OnPath {
		at := int(d.Longest[s.Index]) - 1
		if at < 0 {
			continue
		}
		if s != e.Root && !e.HasRecordedWork(s) {
			continue // a callee that records nothing: slow-dependency says so, if it matters
		}
		own, stretch := d.Total[s.Index], d.At[at]
		long := stretch >= darkStretch && e.Share(stretch) >= 0.2
		mostly := own >= darkStretch && e.Share(own) >= 0.5
		if !long && !mostly && !(suspected(e, worth, s) && stretch >= evidence.SlowVisit && e.Share(stretch) >= evidence.SlowShare) {
			continue
		}
		found = append(found, darkTimeOf(e, s, at, own, accused[s]))
	}
	return append(append(found, polls(e)...), idles(e)...)
}

// suspected reports whether the span is among the dearest places, and no edge or inner operation stands for it.
func suspected(e *evidence.Exam, worth []*evidence.Place, s *trace.Span) bool {
	for _, p := range worth {
		if !p.IsEdge() && !p.Inner() && p.Visits[0].Span == s {
			return true
		}
	}
	return false
}

func darkTimeOf(e *evidence.Exam, s *trace.Span, at int, own int64, told bool) Suspicion {
	f := Suspicion{Spans: []*trace.Span{s}, Minor: told}
	f.Service, f.Operation, f.Count = s.Service, s.Name, 1
	f.CriticalPathUS = own
	f.Saving.Basis, f.Confidence, f.Evidence = finding.None, finding.Medium, finding.Sufficient
	f.High = []path.Change{path.Shorter(s, own)} // to see whether another finding explains it
	before, after := neighbours(e, at)
	where := between(before, after)
	for _, n := range []*trace.Span{before, after} {
		if n != nil {
			f.Figures.Names = append(f.Figures.Names, n.Name)
		}
	}
	f.Reason("%s of `%s` in %s is covered by no other span (%s of the request); %s of it at once, %s",
		evidence.Ms(own), s.Name, s.Service, evidence.Percent(e.Share(own)), evidence.Ms(e.Dark().At[at]), where)
	f.Unless = "spans were lost or sampled away there"
	f.Fix = fmt.Sprintf("put a span in %s %s", s.Service, where)
	if len(e.History.Exams) < evidence.NormTraces && beforeCall(e, at) {
		f.Evidence = finding.NeedsOtherTraces // which may show that it waits for a turn there
	}
	if work := meanwhile(e, at); work != nil {
		f.Reason("`%s` in %s, which it set going, runs meanwhile", work.Name, work.Service)
		f.Fix = fmt.Sprintf("see whether `%s` waits for `%s` there; if so, give the waiting a span, if not, %s", s.Name, work.Name, f.Fix)
	}
	return f
}

// beforeCall reports whether a call begins at the end of a stretch.
func beforeCall(e *evidence.Exam, at int) bool {
	seg := e.Path[at]
	children := seg.Span.Children
	i := sort.Search(len(children), func(i int) bool { return children[i].Start >= seg.Hi })
	return i < len(children) && children[i].Start == seg.Hi && children[i].Calling()
}

// meanwhile is the longest work that a stretch's span set going without waiting for it, as far as the trace says, and that runs most of
// the stretch: its answer may come by another way, through a queue.
func meanwhile(e *evidence.Exam, at int) (work *trace.Span) {
	seg := e.Path[at]
	longest := seg.Duration() / 2
	for _, s := range evidence.Subtree(seg.Span)[1:] {
		if s.Start > seg.Hi || e.Model.Waits(s.Parent, s) != path.Detached {
			continue
		}
		if meanwhile := min(s.End(), seg.Hi) - max(s.Start, seg.Lo); meanwhile > longest {
			work, longest = s, meanwhile
		}
	}
	return work
}

// neighbours are the children of a stretch's span that end before it and that begin after it; nil if there is none.
func neighbours(e *evidence.Exam, at int) (before, after *trace.Span) {
	seg := e.Path[at]
	for _, c := range seg.Span.Children {
		if c.End() <= seg.Lo+1 && (before == nil || c.End() > before.End()) {
			before = c
		}
		if c.Start >= seg.Hi-1 && after == nil {
			after = c
		}
	}
	return before, after
}

// between says where in its span a stretch lies.
func between(before, after *trace.Span) string {
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
