package evidence

import (
	"slices"

	"spanwise/doctor/trace"
)

// pauses are the times in which a program waited because it decided to: between polls, and between attempts. They are neither work nor
// unexplained.
type pauses struct {
	in     []trace.Micros // how long each span waited, by Span.Index; nil if none did
	mostly []bool         // wrappers of single calls that do nothing else themselves, by Span.Index; nil if none does
}

func (e *Exam) findPauses() *pauses {
	polls := slices.DeleteFunc(slices.Clone(e.Loops()), func(l *Loop) bool { return !l.AsksAgain() })
	all := slices.Concat(polls, e.Retries(), e.Spins())
	if len(all) == 0 {
		return &pauses{}
	}
	p := &pauses{in: make([]trace.Micros, len(e.Trace.Spans))}
	for _, l := range all {
		for i, u := range l.Units[1:] {
			if e.Total[u.Index] > 0 {
				p.in[l.Parent.Index] += l.idleBefore(i + 1)
			}
		}
		if len(l.Units) == len(l.Calls) && l.Units[0] != l.Calls[0].Span {
			p.addWrappers(e, l)
		}
	}
	return p
}

// addWrappers adds the time that wrappers of single calls spend after their call, before the next one.
func (p *pauses) addWrappers(e *Exam, l *Loop) {
	if p.mostly == nil {
		p.mostly = make([]bool, len(e.Trace.Spans))
	}
	for i, u := range l.Units {
		before, after := l.around(i)
		p.in[u.Index] += before + after
		p.mostly[u.Index] = (before+after)*2 >= e.Self[u.Index]
	}
}

// around is how long the wrapper of the i-th call waits before the call, because of the call before, and after it, for the next one.
func (l *Loop) around(i int) (before, after trace.Micros) {
	u, c := l.Units[i], l.Calls[i].Span
	if i > 0 {
		before = max(0, c.Start-u.Start)
	}
	if i < len(l.Units)-1 {
		after = max(0, u.End()-c.End())
	}
	return before, after
}

// Waits are the pauses between attempts, each a call or a wrapper around one, in which the client may also wait.
func (l *Loop) Waits() []trace.Micros {
	list := l.Pauses()
	for i := range list {
		_, after := l.around(i)
		before, _ := l.around(i + 1)
		list[i] += after + before
	}
	return list
}

// onlyWaits reports a wrapper of a call that does nothing else itself than wait.
func (p *pauses) onlyWaits(s *trace.Span) bool { return p.mostly != nil && p.mostly[s.Index] }

// Own is the critical path in the span itself, without the pauses between polls and attempts.
func (e *Exam) Own(s *trace.Span) trace.Micros {
	p := e.pauses()
	if p.in == nil {
		return e.Self[s.Index]
	}
	return max(0, e.Self[s.Index]-p.in[s.Index])
}
