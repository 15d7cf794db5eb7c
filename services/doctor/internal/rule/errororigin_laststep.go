package rule

import (
	"fmt"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

// lastStep is what a failed span did last, if it ended just before the span did, and nothing says that it succeeded. It is nil if the span
// records why it failed, or is itself a call.
func lastStep(e *evidence.Exam, s *trace.Span) *trace.Span {
	const levels = 16
	if s.Calling() || call.Message(s) != "" || call.ProxyFlag(s) != nil {
		return nil
	}
	late := s.End() - max(aftermath, s.Duration/20)
	var step *trace.Span
	for at, i := s, 0; i < levels; at, i = step, i+1 {
		next := lastToEnd(at)
		if next == nil || next.End() < late || next.End() > s.End()+evidence.Overlap {
			break
		}
		if step = next; step.Calling() {
			break
		}
	}
	if step == nil || succeeded(step) || len(step.Children) > 0 && !step.Calling() {
		return nil
	}
	return step
}

// lastToEnd is the child in the same process that ended last, except for those that only put things away.
func lastToEnd(s *trace.Span) (last *trace.Span) {
	for _, c := range s.Children {
		tidies := call.Housekeeping(c) && !strings.Contains(strings.ToLower(c.Name+c.Get(trace.DBText)), "commit")
		if !c.Remote() && !tidies && (last == nil || c.End() >= last.End()) {
			last = c
		}
	}
	return last
}

// succeeded reports whether a call recorded that it did.
func succeeded(s *trace.Span) bool {
	status := call.Number(s.Get(trace.HTTPStatus))
	rpc := s.Get(trace.RPCStatus)
	return status > 0 && status < 400 || rpc == "0" || rpc == "OK"
}

// describeLastStep names the last step of s as a guess. If it is a call that its client marked as failed, its callee is part of the place.
func describeLastStep(e *evidence.Exam, f *Suspicion, s, last *trace.Span) {
	name := e.Describe(last)
	if last.Calling() && last.Error {
		f.Callee = last.Callee()
	}
	f.Reason("%s%s was its last step, and may be the reason: it ended %s before the failure, and nothing followed",
		name, evidence.Reason(last), s.End()-last.End())
	f.Unless = fmt.Sprintf("%s succeeded, and %s failed by itself", name, s.Service)
	f.Fix = fmt.Sprintf("look in the log of %s for what failed, and first at %s; mark the span that fails", s.Service, name)
}
