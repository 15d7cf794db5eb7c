package doctor

import (
	"fmt"

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
		if over < farBeyond(c.span) {
			continue
		}
		s := suspicion{spans: []*trace.Span{c.span}, minor: !c.failed}
		s.Service, s.Operation, s.Callee, s.Count = c.caller, operationAround(c.span), c.callee, 1
		s.Saving.Basis, s.Confidence, s.Evidence = None, Medium, Sufficient
		if c.failed {
			s.Confidence = High
		}
		s.high = []path.Change{path.Lasting(c.span, 0)} // what it explains
		s.Because = fmt.Sprintf("%s stopped waiting for %s after %s; %s worked on for another %s",
			c.caller, c.asked(), ms(c.span.Duration), c.callee, ms(over))
		if limit := roundTime(c.span.Duration); limit > 0 {
			s.Because += fmt.Sprintf("; the timeout seems to be %s", ms(limit))
		}
		s.Unless = "the callee answered in time and went on with something else on purpose"
		s.Fix = fmt.Sprintf("hand the deadline down so that %s stops when nobody waits; or allow it the time it needs", c.callee)
		all.add(s)
	}
	return all.heaviest(e)
}

// overrun is for how long a callee worked on after its caller had stopped waiting, in µs; 0 if it had not.
func (e *exam) overrun(c *call) int64 {
	if c.server == nil || c.server == c.span || e.model.Waits(c.span, c.server) != path.GaveUp {
		return 0
	}
	return c.server.End() - c.span.End()
}

// farBeyond is the least overrun, in µs, that is worth a word.
func farBeyond(call *trace.Span) int64 { return max(10_000, call.Duration/10) }
