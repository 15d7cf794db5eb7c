package rule

import (
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

// failures are the failed spans of a trace, and what followed from what.
type failures struct {
	exam      *evidence.Exam
	failed    []bool                      // by Span.Index
	cancelled []bool                      // failed because it was cancelled, by Span.Index
	broken    []*trace.Span               // the failed ones, except for those that were expected
	unmarked  map[*trace.Span]*trace.Span // of them, those that only recorded an exception, and the failed span that waited for it
	echoes    map[*trace.Span]*trace.Span // see findEchoes
	echoed    map[*trace.Span]int         // how many echoes a failure has
	below     []bool                      // a span below failed, by Span.Index
	again     []*evidence.Loop            // the run that an attempt belongs to, by Span.Index
	progress  *progress                   // computed on first use
}

func findFailures(e *evidence.Exam) *failures {
	n := len(e.Trace.Spans)
	f := &failures{exam: e, failed: make([]bool, n), cancelled: make([]bool, n), below: make([]bool, n),
		unmarked: map[*trace.Span]*trace.Span{}, echoes: map[*trace.Span]*trace.Span{}, echoed: map[*trace.Span]int{}}
	var failed, threw []*trace.Span
	for i, s := range e.Trace.Spans {
		c := e.CallOf[i]
		f.failed[i] = c != nil && c.Failed || c == nil && call.Failed(s)
		switch {
		case f.failed[i]:
			failed = append(failed, s)
			f.cancelled[i] = evidence.Cancelled(s)
		case throws(s):
			threw = append(threw, s)
		}
	}
	if len(failed) == 0 {
		return f
	}
	races := f.findRaces()
	for _, s := range failed {
		if !f.excused(s) && !races.lost(s) {
			f.broken = append(f.broken, s)
		}
	}
	f.findEchoes()
	for _, s := range f.broken {
		if cause := f.echoes[s]; cause != nil {
			for f.echoes[cause] != nil {
				cause = f.echoes[cause]
			}
			f.echoed[cause]++
			continue
		}
		f.propagate(s)
	}
	f.addUnmarked(threw)
	f.again = make([]*evidence.Loop, len(e.Trace.Spans))
	for _, l := range slices.Concat(e.Retries(), e.Spins()) {
		for i, u := range l.Units {
			f.again[u.Index], f.again[l.Calls[i].Span.Index] = l, l
			if server := l.Calls[i].Server; server != nil {
				f.again[server.Index] = l
			}
		}
	}
	return f
}

// propagate marks the spans above a failure.
func (f *failures) propagate(s *trace.Span) {
	for p := s.Parent; p != nil && !f.below[p.Index]; p = p.Parent {
		f.below[p.Index] = true
	}
}

// addUnmarked adds the spans that recorded an exception, if nothing else explains why the span above them failed. The lowest comes first
// in a chain of them.
func (f *failures) addUnmarked(threw []*trace.Span) {
	open := map[*trace.Span]bool{} // failed spans that nothing explained before
	for _, s := range slices.Backward(threw) {
		above := f.failedAbove(s)
		if above == nil || f.below[above.Index] && !open[above] || above != s.Parent && f.continued(s, above) || !f.threwBefore(s, above) {
			continue
		}
		open[above] = true
		f.unmarked[s] = above
		f.broken = append(f.broken, s)
		f.propagate(s)
	}
}

// throws reports a span, not marked as failed, that recorded an exception and no response that means otherwise.
func throws(s *trace.Span) bool {
	return len(s.Events) > 0 && call.Number(s.Get(trace.HTTPStatus)) < 400 &&
		slices.ContainsFunc(s.Events, isException)
}

func isException(ev trace.Event) bool {
	return ev.Name == "exception" || ev.Attrs.Get("exception.type") != ""
}

// threwBefore reports whether an exception in s may be why above failed. A callee whose caller stops waiting is interrupted by an exception,
// too, but then.
func (f *failures) threwBefore(s, above *trace.Span) bool {
	if !f.cancelled[above.Index] && !evidence.OutOfTime(above) {
		return true
	}
	return slices.ContainsFunc(s.Events, func(ev trace.Event) bool { return isException(ev) && ev.Time < above.End()-aftermath })
}

// failedAbove is the failed span that waited for s: the call that s answers, or one around s in the same process or around a call that
// records nothing about its outcome. It is nil if there is none.
func (f *failures) failedAbove(s *trace.Span) *trace.Span {
	const levels = 16
	for i := 0; s.Parent != nil && i < levels; s, i = s.Parent, i+1 {
		if f.failed[s.Parent.Index] {
			return s.Parent
		}
		if s.Remote() && !silent(s.Parent) {
			return nil
		}
	}
	return nil
}

// silent reports a call that records nothing about its outcome.
func silent(s *trace.Span) bool {
	return s.Calling() && s.Get(trace.HTTPStatus) == "" && s.Get(trace.RPCStatus) == ""
}

// origin follows a failure up. Spans of its process that are not marked do not end the chain if they are within one that is, nothing else
// explains the failure of that one, and the process did nothing more in it.
func (f *failures) origin(s *trace.Span) origin {
	o := origin{span: s, top: s, others: f.echoed[s], unmarked: f.unmarked[s]}
	o.retried(f.again[s.Index])
	for {
		up := f.failedAbove(o.top)
		if up == nil {
			return o
		}
		if up != o.top.Parent && f.continued(o.top, up) {
			o.above = up
			return o
		}
		o.top = up
		o.levels++
		o.others += f.echoed[up]
		o.retried(f.again[up.Index])
	}
}

// continued reports whether the process of s made further calls within above after s had ended.
func (f *failures) continued(s, above *trace.Span) bool {
	if f.progress == nil {
		f.progress = newProgress(f.exam)
	}
	return f.progress.lastCall[above.Index] >= s.End()
}

// progress records when the last call within a span and its process began, by Span.Index; 0 if there is none. What manages a connection or
// a transaction does not count: after a failure, it is rolled back.
type progress struct{ lastCall []trace.Micros }

func newProgress(e *evidence.Exam) *progress {
	p := &progress{make([]trace.Micros, len(e.Trace.Spans))}
	for _, c := range e.Calls {
		if !c.Housekeeping {
			p.lastCall[c.Span.Index] = c.Span.Start
		}
	}
	below := evidence.Subtree(e.Root)
	for _, s := range slices.Backward(below[1:]) {
		if up := s.Parent; !s.Remote() {
			p.lastCall[up.Index] = max(p.lastCall[up.Index], p.lastCall[s.Index])
		}
	}
	return p
}
