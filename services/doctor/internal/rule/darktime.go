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
	Kind:  "dark-time",
	Lead:  "{service} [waits for {callee}, which it polls {n} times{every}|spends time in {operation} that no span covers]",
	Title: "A long stretch in which nothing is recorded",
	Doc: `Somewhere in a span that has children, or in the entry of a process that has none, the critical path goes
through a stretch that no other span covers: at least 20 ms and a fifth of the request at once; or 20 ms and a
tenth, if no other place takes as long; or 20 ms and half of the request in all. The trace cannot tell whether that
is computing or waiting. The finding names the spans before and after, between which a new span belongs.

The pauses between the turns of a loop do not count: they are backoff, an interval, or the loop's own work. Polling
at even intervals is reported here, if the caller spends a fifth of the request between the polls: what it waits for
is elsewhere. The time that a worker spent in a blocking receive, waiting for work, while nothing waited for the
worker, is only mentioned, and so are streams (WebSockets, server-sent events, subscriptions, and RPCs that watch,
subscribe or tail), which are long by design. What is slow in a stream is found.

A place that slow-dependency or slow-self reports is not reported again.

Saving: none. The share is what the whole report cannot explain.

What can mislead it: sampling and lost spans, which hide what was recorded; and a process that needs no more
spans because it does only one thing.`,
	Find: findDarkTime,
}

// largeShare is the share of the request above which a stretch is worth a finding by itself.
const largeShare = 0.2

func findDarkTime(e *evidence.Exam) []Suspicion {
	worth, _ := e.SlowPlaces()
	explained := make([]bool, len(e.Trace.Spans)) // by Span.Index
	for _, p := range worth {
		for _, s := range p.Spans {
			explained[s.Index] = p.IsEdge() || p.Inner()
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
			continue // a callee that records nothing is a slow dependency, if it matters
		}
		own, stretch := d.Total[s.Index], d.At[at]
		long := stretch >= evidence.SlowVisit && e.Share(stretch) >= largeShare
		mostly := own >= evidence.SlowVisit && e.Share(own) >= 0.5
		if !long && !mostly && !(suspected(e, worth, s) && stretch >= evidence.SlowVisit && e.Share(stretch) >= evidence.SlowShare) {
			continue
		}
		found = append(found, newDarkTime(e, s, at, own, explained[s.Index]))
	}
	return append(append(found, polls(e)...), idles(e)...)
}

// suspected reports whether the span is among the slowest places, without an edge or inner operation to blame for
// it.
func suspected(e *evidence.Exam, worth []*evidence.Place, s *trace.Span) bool {
	for _, p := range worth {
		if !p.IsEdge() && !p.Inner() && p.Visits[0].Span == s {
			return true
		}
	}
	return false
}

func newDarkTime(e *evidence.Exam, s *trace.Span, at int, own trace.Micros, explained bool) Suspicion {
	f := Suspicion{Spans: []*trace.Span{s}}
	if explained {
		f.YieldsTo = []finding.Kind{"slow-dependency", "slow-self"}
	}
	f.Service, f.Operation, f.Count = s.Service, s.Name, 1
	f.CriticalPathUS = own
	f.Saving.Basis, f.Confidence, f.Evidence = finding.None, finding.Medium, finding.Sufficient
	f.High = []path.Change{path.LessSelfTime(s, own)} // to see whether another finding explains it
	before, after := neighbours(e, at)
	where := between(before, after)
	for _, n := range []*trace.Span{before, after} {
		if n != nil {
			f.Figures.Names = append(f.Figures.Names, n.Name)
		}
	}
	f.Reason("%s of `%s` in %s is not covered by any other span (%s of the request)", own, s.Name, s.Service, evidence.Percent(e.Share(own)))
	switch stretch := e.Dark().At[at]; {
	case stretch < own:
		f.Reason("%s of it in one stretch, %s", stretch, where)
	case before != nil || after != nil:
		f.Reason("all of it %s", where)
	}
	f.Unless = "spans were lost there, or not sampled"
	f.Fix = fmt.Sprintf("add a span in %s %s", s.Service, where)
	if len(e.History.Exams) < evidence.NormTraces && beforeCall(e, at) {
		f.Evidence = finding.NeedsOtherTraces // other traces may show that it waits for a turn there
	}
	if work := meanwhile(e, at); work != nil {
		f.Reason("`%s` in %s, which it started, runs meanwhile", work.Name, work.Service)
		f.Fix = fmt.Sprintf("check whether `%s` waits for `%s` there; if it does, add a span around the wait; if not, %s",
			s.Name, work.Name, f.Fix)
	}
	return f
}

// beforeCall reports whether a call starts at the end of a stretch.
func beforeCall(e *evidence.Exam, at int) bool {
	seg := e.Path[at]
	children := seg.Span.Children
	i := sort.Search(len(children), func(i int) bool { return children[i].Start >= seg.Hi })
	return i < len(children) && children[i].Start == seg.Hi && children[i].Calling()
}

// meanwhile is the longest work that a stretch's span started without waiting for it, as far as the trace shows, and
// that runs for most of the stretch: its answer may come another way, for example through a queue.
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

// neighbours are the children of a stretch's span that end before the stretch and start after it; nil if there is
// none.
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
