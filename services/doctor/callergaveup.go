package doctor

import (
	"fmt"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var callerGaveUp = rule{
	kind:  CallerGaveUp,
	title: "The caller stopped waiting, the callee works on for nobody",
	doc: `The callee's span ends after its caller's client span did, by at least 10 ms and a tenth of the
call: the caller timed out or cancelled, and what the callee did afterwards was for nothing. If the client span
says that it failed, that is certain; if not, the callee may have gone on after its answer on purpose, which is
only mentioned.

Saving: none for this request, which did not wait. Handing the deadline down frees the callee for others. If the
call failed, its time is what the timeout cost.

What fools it: clocks that disagree, which are corrected as far as the trace proves it, and work that a server
rightly does after its answer.`,
	find: findCallerGaveUp,
}

func findCallerGaveUp(e *exam) []suspicion {
	var all gathering
	for _, c := range e.calls {
		over := e.overrun(c)
		if over < farBeyond(c.Span) {
			continue
		}
		s := suspicion{spans: []*trace.Span{c.Span}, minor: !c.Failed}
		s.Service, s.Operation, s.Callee, s.Count = c.Caller, operationAround(c.Span), c.Callee, 1
		s.Saving.Basis, s.Confidence, s.Evidence = None, Medium, Sufficient
		if c.Failed {
			s.Confidence = High
		}
		s.high = []path.Change{path.Lasting(c.Span, 0)} // what it explains
		s.Because = fmt.Sprintf("%s stopped waiting for %s after %s; %s worked on for another %s",
			c.Caller, c.Describe(), ms(c.Span.Duration), c.Callee, ms(over))
		if limit := roundTime(c.Span.Duration); limit > 0 {
			s.Because += fmt.Sprintf("; the timeout seems to be %s", ms(limit))
		}
		s.Unless = "the callee answered in time and went on with something else on purpose"
		s.Fix = fmt.Sprintf("hand the deadline down so that %s stops when nobody waits; or allow it the time it needs", c.Callee)
		all.add(s)
	}
	return all.heaviest(e)
}

// overrun is for how long a callee worked on after its caller had stopped waiting, in µs; 0 if it had not.
func (e *exam) overrun(c *call.Call) int64 {
	if c.Server == nil || c.Server == c.Span || e.model.Waits(c.Span, c.Server) != path.GaveUp {
		return 0
	}
	return c.Server.End() - c.Span.End()
}

// farBeyond is the least overrun, in µs, that is worth a word.
func farBeyond(s *trace.Span) int64 { return max(10_000, s.Duration/10) }
