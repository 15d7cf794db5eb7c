package doctor

import (
	"fmt"

	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var errorOrigin = rule{
	kind:  ErrorOrigin,
	title: "Where a failure began, and how far up it was handed",
	doc: `A span failed and none below it did: there the failure began, whatever the spans above say of it.
The finding tells how far up it was handed, and which operation went on without it: a failure hidden by a
fallback is still time, and often the reason for it. Attempts that were made again are left to retry-storm.
Answers of the 4xx kind are no failures: the question was wrong, not the service.

Saving: none is claimed.

What fools it: a callee that failed and left no span, so that its caller seems to be the origin.`,
	find: findErrorOrigin,
}

func findErrorOrigin(e *exam) []suspicion {
	below := make([]bool, len(e.trace.Spans)) // something below failed
	for _, s := range e.trace.Spans {
		if !failed(s) {
			continue
		}
		for p := s.Parent; p != nil && !below[p.Index]; p = p.Parent {
			below[p.Index] = true
		}
	}
	again := map[*trace.Span]bool{}
	for _, l := range e.retries() {
		for _, u := range l.units {
			again[u] = true
		}
	}
	var all gathering
	for _, s := range e.trace.Spans {
		if !failed(s) || below[s.Index] {
			continue
		}
		f := e.errorOrigin(s, again)
		all.add(f)
	}
	return all.heaviest(e)
}

func (e *exam) errorOrigin(s *trace.Span, again map[*trace.Span]bool) suspicion {
	f := suspicion{spans: []*trace.Span{s}}
	f.Service, f.Operation, f.Callee, f.Count = s.Service, s.Name, s.Callee(), 1
	f.Saving.Basis, f.Confidence, f.Evidence = None, High, Sufficient
	top, levels := s, 0
	for ; top.Parent != nil && failed(top.Parent); top = top.Parent {
		f.minor = f.minor || again[top]
		levels++
	}
	f.minor = f.minor || again[top] || gaveUp(e, s)
	f.Because = fmt.Sprintf("`%s` in %s failed%s, and nothing below it did", s.Name, s.Service, reason(s))
	if levels > 0 {
		f.Because += fmt.Sprintf("; the failure went up through %s", times(levels, "span"))
	}
	if p := top.Parent; p != nil {
		f.Because += fmt.Sprintf("; `%s` in %s went on without it", p.Name, p.Service)
	} else if s != top {
		f.Because += ", to the request itself"
	}
	f.Unless = "what it called failed and left no span"
	f.Fix = fmt.Sprintf("look at `%s` in %s first", s.Name, s.Service)
	return f
}

// gaveUp reports a call that failed because its caller stopped waiting; caller-gave-up tells more of it.
func gaveUp(e *exam, s *trace.Span) bool {
	c := e.callOf[s.Index]
	return c != nil && c.server != nil && c.server != s && e.model.Waits(s, c.server) == path.GaveUp
}

// reason is what a failed span says of its failure.
func reason(s *trace.Span) string {
	for _, m := range []trace.Meaning{trace.ErrorType, trace.HTTPStatus, trace.RPCStatus, trace.DBStatus, trace.StatusText} {
		if v := s.Get(m); v != "" {
			return " (" + shorten(v) + ")"
		}
	}
	for _, ev := range s.Events {
		if m := ev.Attrs["exception.message"]; m != "" {
			return " (" + shorten(m) + ")"
		}
	}
	return ""
}
