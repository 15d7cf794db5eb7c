package doctor

import (
	"fmt"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

var errorOrigin = rule{
	kind:  ErrorOrigin,
	title: "Where a failure began, and how far up it was handed",
	doc: `A span failed and none below it did: there the failure began, whatever the spans above say of it.
The finding tells how far up it was handed, and which operation went on without it: a failure hidden by a
fallback is still time, and often the reason for it. Attempts that were made again are left to retry-storm.
Answers of the 4xx kind are no failures: the question was wrong, not the service. Nor is a failure an
origin that only echoes another: a call that was cancelled because one beside it had just failed, or because
its caller had given up.

Saving: none is claimed.

What fools it: a callee that failed and left no span, so that its caller seems to be the origin.`,
	find: findErrorOrigin,
}

func findErrorOrigin(e *exam) []suspicion {
	var broken []*trace.Span
	for _, s := range e.trace.Spans {
		if c := e.callOf[s.Index]; c != nil && c.Failed || c == nil && call.Failed(s) {
			broken = append(broken, s)
		}
	}
	if len(broken) == 0 {
		return nil
	}
	echoes := echoes(broken)
	echoed := map[*trace.Span]int{}
	below := make([]bool, len(e.trace.Spans)) // something below failed
	for _, s := range broken {
		if cause := echoes[s]; cause != nil {
			for echoes[cause] != nil {
				cause = echoes[cause]
			}
			echoed[cause]++
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
	slow := e.slowCalls()
	var all gathering
	for _, s := range broken {
		if below[s.Index] || echoes[s] != nil {
			continue
		}
		o := newOrigin(s, again, echoed)
		f := suspicion{spans: []*trace.Span{s}, minor: o.again || e.toldOtherwise(s, slow)}
		f.Service, f.Operation, f.Callee, f.Count = s.Service, s.Name, s.Callee(), 1
		f.Saving.Basis, f.Confidence, f.Evidence = None, High, Sufficient
		all.addTold(f, func(f *suspicion) { e.tellOrigin(f, o) })
	}
	return all.heaviest(e)
}

// An origin is where a failure began, and how far it went.
type origin struct {
	span, top *trace.Span // the first and the last that failed, from below
	levels    int         // between them
	others    int         // that only echo it
	again     bool        // what failed was tried again
}

func newOrigin(s *trace.Span, again map[*trace.Span]bool, echoed map[*trace.Span]int) origin {
	o := origin{span: s, top: s, others: echoed[s], again: again[s]}
	for ; o.top.Parent != nil && call.Failed(o.top.Parent); o.top = o.top.Parent {
		o.levels++
		o.others += echoed[o.top.Parent]
		o.again = o.again || again[o.top.Parent]
	}
	return o
}

func (e *exam) tellOrigin(f *suspicion, o origin) {
	s := o.span
	f.Because = fmt.Sprintf("`%s` in %s failed%s, and nothing below it did", s.Name, s.Service, reason(s))
	if o.levels > 0 {
		f.Because += fmt.Sprintf("; the failure went up through %s", times(o.levels, "span"))
	}
	if p := o.top.Parent; p != nil && !e.fromOutside(s) {
		f.Because += fmt.Sprintf("; `%s` in %s went on without it", p.Name, p.Service)
	} else if s != o.top {
		f.Because += ", to the request itself"
	}
	if e.cutShort(s) {
		f.Because += "; its caller stopped waiting" + timeLimit(s)
	}
	if o.others > 0 {
		f.Because += fmt.Sprintf("; cancelled because of it: %s", times(o.others, "other span"))
	}
	f.Unless = "what it called failed and left no span"
	f.Fix = fmt.Sprintf("look at `%s` in %s first", s.Name, s.Service)
	if e.fromOutside(s) {
		f.Because += fmt.Sprintf("; nothing here cancelled it: whoever asked for `%s` waited no longer than %s", e.root.Name, ms(s.End()-e.root.Start))
		f.Unless = "it was cancelled by what left no span"
		f.Fix = fmt.Sprintf("see what takes `%s` so long, and how long its callers wait", e.root.Name)
	}
}

// fromOutside reports a cancelled span, at whose end the request itself was over.
func (e *exam) fromOutside(s *trace.Span) bool {
	return cancelled(s) && s.End() >= e.root.End()-aftermath && s.Start < e.root.End()
}

// toldOtherwise reports a call that failed because its caller stopped waiting, where caller-gave-up tells that its callee
// worked on, or slow-dependency which wait was cut short.
func (e *exam) toldOtherwise(s *trace.Span, slow map[*trace.Span]bool) bool {
	c := e.callOf[s.Index]
	if c == nil {
		return false
	}
	return e.overrun(c) >= farBeyond(s) || slow[s] && e.cutShort(s)
}

// slowCalls are the calls that slow-dependency reports, and all around them.
func (e *exam) slowCalls() map[*trace.Span]bool {
	const levels = 16
	slow := map[*trace.Span]bool{}
	worth, _ := e.suspects()
	for _, p := range worth {
		if !p.isEdge() || e.waiting(p) {
			continue
		}
		for _, v := range p.visits {
			for s, i := v.span, 0; s != nil && i < levels && !slow[s]; s, i = s.Parent, i+1 {
				slow[s] = true
			}
		}
	}
	return slow
}

// reason is what a failed span says of its failure.
func reason(s *trace.Span) string {
	if code := s.Get(trace.DBStatus); conflict(code) {
		return " (" + code + ", a conflict with another transaction, made to be tried again)"
	}
	for _, m := range []trace.Meaning{trace.ErrorType, trace.HTTPStatus, trace.RPCStatus, trace.DBStatus, trace.StatusText} {
		if v := s.Get(m); v != "" {
			return " (" + call.Shorten(spelled(m, v)) + ")"
		}
	}
	for _, ev := range s.Events {
		if m := ev.Attrs["exception.message"]; m != "" {
			return " (" + call.Shorten(m) + ")"
		}
	}
	return ""
}

// conflict reports the codes by which a database undoes one of two transactions that stand in each other's way: class 40 of the SQL
// standard (40001 serialization failure, 40P01 deadlock of PostgreSQL) and ER_LOCK_DEADLOCK of MySQL.
func conflict(code string) bool {
	return len(code) == 5 && strings.HasPrefix(code, "40") || code == "1213"
}

// codes are the status codes of gRPC, from 0 (grpc.io/docs/guides/status-codes).
var codes = []string{"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
	"RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"}

// spelled is a value for a reader: a number that stands for a word is that word.
func spelled(m trace.Meaning, value string) string {
	if n := call.Number(value); m.Is(trace.RPCStatus) && n > 0 && n < len(codes) {
		return codes[n]
	}
	return value
}
