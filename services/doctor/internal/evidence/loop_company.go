package evidence

import "spanwise/doctor/trace"

// Company is what a driver does around the calls of a loop, in spans alongside them, that a single call would do once at most: checking
// connections out, transactions of one statement, reading rows. What precedes the first call, or follows the last, stays, but only one of each.
func (e *Exam) Company(l *Loop) (list []*trace.Span) {
	first, last := l.Units[0], l.Units[len(l.Units)-1]
	if len(l.Parent.Children) == len(l.Units) {
		return nil
	}
	from := e.loopBegins(l)
	before := map[string]bool{} // names of the spans that precede the first call
	for _, s := range l.Parent.Children {
		switch {
		case s.Start < from || s.Start > last.Start || !e.servesCalls(s, l):
		case s.Start >= first.End():
			list = append(list, s)
		case before[s.Name]:
			list = append(list, s)
		default:
			before[s.Name] = true
		}
	}
	return list
}

// loopBegins is when the parent had finished what it did before the loop.
func (e *Exam) loopBegins(l *Loop) trace.Micros {
	from := l.Parent.Start
	for _, s := range l.Parent.Children {
		if s.Start >= l.Units[0].Start {
			break
		}
		if c := e.CallOf[s.Index]; (c == nil || !c.Housekeeping) && s.End() <= l.Units[0].Start {
			from = max(from, s.End())
		}
	}
	return from
}

// servesCalls reports whether s is housekeeping for calls like those of the loop.
func (e *Exam) servesCalls(s *trace.Span, l *Loop) bool {
	c := e.CallOf[s.Index]
	return c != nil && c.Housekeeping && (c.Callee == "" || c.Callee == l.Calls[0].Callee)
}

// Covered is how long at least one turn ran.
func (l *Loop) Covered() (covered trace.Micros) {
	end := l.Units[0].Start
	for _, u := range l.Units { // ordered by start
		covered += max(0, u.End()-max(end, u.Start))
		end = max(end, u.End())
	}
	return covered
}
