package evidence

import (
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// Overrun is how long a callee worked after its caller had stopped waiting; 0 if it did not. Some servers end their span
// when the client disconnects, as Node's do, while the work goes on below it: if the caller did not get a response, the
// callee ends with the last of what its process does for the call. The callee of a stream only notices late that it was
// closed.
func (e *Exam) Overrun(c *call.Call) trace.Micros {
	if c.Server == nil || c.Server == c.Span || streams(c.Span) != "" {
		return 0
	}
	if withoutResponse(c) {
		return max(0, e.workedUntil()[c.Server.Index]-c.Span.End())
	}
	if e.Model.Waits(c.Span, c.Server) != path.GaveUp {
		return 0
	}
	return c.Server.End() - c.Span.End()
}

// withoutResponse reports a call whose caller stopped waiting before the response, as far as the caller shows it.
func withoutResponse(c *call.Call) bool {
	s := c.Span
	if !c.Failed || s.Get(trace.HTTPStatus) != "" || s.Kind == trace.Producer || c.Server.Kind == trace.Consumer || c.Server.Start >= s.End() {
		return false
	}
	if OutOfTime(s) || Cancelled(s) {
		return true
	}
	return s.Get(trace.RPCStatus) == "" && !Says(s, "reset", "hang up", "eof", "closed", "broken pipe") // it was the callee that hung up
}

// findWorkedUntil finds, by Span.Index, the latest end of a span and of everything below it in its process.
func (e *Exam) findWorkedUntil() []trace.Micros {
	until := make([]trace.Micros, len(e.Trace.Spans))
	for _, root := range slices.Concat(e.Trace.Roots, e.Trace.Orphans) {
		for _, s := range slices.Backward(Subtree(root)) {
			until[s.Index] = max(until[s.Index], s.End())
			if s.Parent != nil && !s.Remote() {
				until[s.Parent.Index] = max(until[s.Parent.Index], until[s.Index])
			}
		}
	}
	return until
}

// RunsOn reports whether the callee of a call recorded work that goes on after the call was given up.
func (e *Exam) RunsOn(c *call.Call) bool {
	return c.Server != nil && e.Overrun(c) > max(0, c.Server.End()-c.Span.End())
}

// Outlived reports whether work that a span started in its process goes on after the span ended.
func (e *Exam) Outlived(s *trace.Span) bool { return e.workedUntil()[s.Index] > s.End() }
