package rule

import (
	"fmt"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

var errorOrigin = Rule{
	Kind:  "error-origin",
	Lead:  "{operation} in {service} failed[, calling {callee}]",
	Title: "Where a failure started, and how far up it propagated",
	Doc: `A span failed, and none below it did: the failure started there, whatever the spans above say. The
finding shows how far up it propagated, and which operation continued without it: a failure hidden by a fallback
still takes time, and is often the reason for it. Spans between the two that are not marked as failed, such as those
of a framework, do not end the chain if the process did nothing more after the failure. A span that is not marked,
but recorded an exception below a failed call, failed too: it panicked, or broke off its response.

If there was no connection to the callee (its name was not resolved, the connection was refused, TLS failed), the
finding says so, because then there is nothing to look for in the callee. It also says what a proxy records as the
reason (Envoy's response flags). If a server failed without saying why, and nothing below it is marked, its last
step is named as a guess, if that ended just before.

Attempts that were repeated are left to retry-storm. Answers with a 4xx status, except 408 and 429, are not
failures: the request was wrong, not the service. A failure that only follows from another one is not an origin: a
call that was cancelled because a parallel one had just failed (at most 5 ms before), because its caller had given
up, or because another attempt at the same call succeeded first. Neither is a step of opening a connection that
failed in less than 20 ms while the call that needed the connection succeeded: clients try several addresses, and
commands that old servers do not know.

Saving: none.

What can mislead it: a callee that failed and left no span, so that its caller seems to be the origin.`,
	Find: findErrorOrigin,
}

// survivedLead is for a failed call that did not make the operation around it fail.
const survivedLead = "A call from {operation} in {service}[ to {callee}] failed"

// What reports a failure better than error-origin: the attempts that it led to, or the wait that ended in it.
var toRetries, toTheWait = []finding.Kind{"retry-storm", "queue-wait"}, []finding.Kind{"caller-gave-up", "slow-dependency"}

func findErrorOrigin(e *evidence.Exam) []Suspicion {
	f := findFailures(e)
	if len(f.broken) == 0 {
		return nil
	}
	slow := slowCalls(e)
	var all gathering
	for _, s := range f.broken {
		if f.below[s.Index] || f.echoes[s] != nil || evidence.ClosedStream(s) {
			continue
		}
		o := f.origin(s)
		x := Suspicion{Spans: []*trace.Span{s}, Fatal: o.top == e.Root && !fromOutside(e, s)}
		switch {
		case o.again:
			x.Minor, x.YieldsTo = !o.lost, toRetries
		case reportedElsewhere(e, s, slow):
			x.YieldsTo = toTheWait
		}
		x.Service, x.Operation, x.Callee, x.Count = s.Service, s.Name, calleeOf(s), 1
		if e.CallOf[s.Index] != nil && s.Calling() {
			x.Operation = evidence.OperationAround(s)
			if s == o.top && s.Parent != nil {
				x.Lead = survivedLead
			}
		}
		x.Saving.Basis, x.Confidence, x.Evidence = finding.None, finding.High, finding.Sufficient
		all.addDescribed(x, func(x *Suspicion) { describeOrigin(e, x, o) })
	}
	return all.heaviest(e)
}

// calleeOf is the callee of a call, or of the call that an attempt to connect belongs to.
func calleeOf(s *trace.Span) string {
	for ; s != nil; s = s.Parent {
		if callee := s.Callee(); callee != "" || !call.Connecting(s) {
			return callee
		}
	}
	return ""
}

// An origin is the span where a failure started, and how far up it propagated.
type origin struct {
	span, top *trace.Span // the lowest and the highest span that failed
	levels    int         // the failed spans above the lowest
	others    int         // spans that failed only because of it
	again     bool        // it was retried
	unmarked  *trace.Span // if it is not marked as failed: the failed span that waited for it
	above     *trace.Span // the failed span above the highest, which may have failed for another reason; nil if there is none
	lost      bool        // the last attempt failed, too
}

// retried records that the failure is an attempt of a run, if it is. The outermost run decides whether the attempts were lost.
func (o *origin) retried(run *evidence.Loop) {
	if run != nil {
		o.again, o.lost = true, run.Calls[len(run.Calls)-1].Failed
	}
}

func describeOrigin(e *evidence.Exam, f *Suspicion, o origin) {
	s := o.span
	f.Figures.Error = strings.TrimSuffix(strings.TrimPrefix(evidence.Reason(s), " ("), ")")
	f.Unless = "a call that it made failed without leaving a span"
	f.Fix = fmt.Sprintf("look at `%s` in %s first", s.Name, s.Service)
	barrier, flag, last := call.Unreached(s), call.ProxyFlag(s), lastStep(e, s)
	switch {
	case barrier != nil:
		describeUnreached(f, s, barrier)
	case flag != nil:
		f.Reason("`%s` in %s failed%s", s.Name, s.Service, evidence.Reason(s))
		f.Fix = flag.Step(s)
	case o.unmarked != nil:
		f.Reason("`%s` in %s recorded an exception%s, and `%s`, which waited for it, failed%s",
			s.Name, s.Service, evidence.Reason(s), o.unmarked.Name, evidence.Reason(o.unmarked))
		f.Unless = "the exception was handled, and the failure has another reason"
	case last != nil:
		f.Reason("`%s` in %s failed%s, and nothing below it is marked as failed", s.Name, s.Service, evidence.Reason(s))
	default:
		f.Reason("`%s` in %s failed%s, and nothing below it did", s.Name, s.Service, evidence.Reason(s))
	}
	describeSpread(e, f, o)
	if last != nil {
		describeLastStep(e, f, s, last)
	}
	if fromOutside(e, s) {
		f.Reason("nothing in this trace cancelled it: the caller of `%s` waited only %s", e.Root.Name, s.End()-e.Root.Start)
		f.Unless = "it was cancelled by something that left no span"
		f.Fix = fmt.Sprintf("find out why `%s` takes so long, and how long its callers wait", e.Root.Name)
	}
}

// describeSpread says what followed from the failure.
func describeSpread(e *evidence.Exam, f *Suspicion, o origin) {
	s := o.span
	if o.levels > 0 {
		f.Reason("it propagated up through %s", evidence.Times(o.levels, "span"))
	}
	if up := o.above; up != nil {
		f.Reason("`%s` in %s made other calls after it and failed in the end, perhaps for another reason", up.Name, up.Service)
	} else if p := o.top.Parent; p != nil && !fromOutside(e, s) {
		f.Figures.HandledBy = p.Name
		f.Reason("`%s` in %s continued despite it", p.Name, p.Service)
	} else if s != o.top {
		f.Reason("it reached the request itself")
	}
	if e.CutShort(s) {
		f.Reason("its caller stopped waiting%s", evidence.TimeLimit(s))
	}
	if o.others > 0 {
		f.Reason("cancelled because of it: %s", evidence.Times(o.others, "other span"))
	}
}

// describeUnreached says that the callee never saw the call, and why.
func describeUnreached(f *Suspicion, s *trace.Span, b *call.Barrier) {
	to := f.Callee
	if to == "" {
		to = "its callee"
	}
	f.Reason("`%s` in %s did not reach %s: %s%s", s.Name, s.Service, to, b.Why, evidence.Reason(s))
	f.Unless = fmt.Sprintf("%s was reached, and the message is about a call of its own", to)
	if call.Connecting(s) {
		f.Unless = fmt.Sprintf("this was one of several addresses of %s, and another one was reached in time", to)
	}
	f.Fix = fmt.Sprintf(b.Check, to)
}

// fromOutside reports a cancelled span that ended when the request itself was over.
func fromOutside(e *evidence.Exam, s *trace.Span) bool {
	return evidence.Cancelled(s) && s.End() >= e.Root.End()-aftermath && s.Start < e.Root.End()
}

// reportedElsewhere reports a call that failed because its caller stopped waiting, if caller-gave-up reports the
// callee's further work, or slow-dependency the wait that was cut short, and that the request did not survive.
func reportedElsewhere(e *evidence.Exam, s *trace.Span, slow map[*trace.Span]bool) bool {
	c := e.CallOf[s.Index]
	if c == nil {
		return false
	}
	return e.Overrun(c) >= evidence.FarBeyond(s) || slow[s] && e.CutShort(s) && call.Failed(e.Root)
}

// slowCalls are the calls that slow-dependency reports, and all spans around them.
func slowCalls(e *evidence.Exam) map[*trace.Span]bool {
	const levels = 16
	slow := map[*trace.Span]bool{}
	worth, _ := e.SlowPlaces()
	for _, p := range worth {
		if !p.IsEdge() || e.WaitsBetween(p) || e.NotReached(p) {
			continue
		}
		for _, v := range p.Visits {
			for s, i := v.Span, 0; s != nil && i < levels && !slow[s]; s, i = s.Parent, i+1 {
				slow[s] = true
			}
		}
	}
	return slow
}
