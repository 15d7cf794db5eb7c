package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// aftermath is how long after a failure, in µs, its caller may take to cancel what runs beside it.
const aftermath = 5_000

// Causes are failed children of one parent, by when they ended: all but the cancelled, and those of them that were answered.
type causes struct{ all, answered []*trace.Span }

// echoes finds those among failed spans that are only the consequence of another one, and that one. Where one of several tasks fails, programs
// cancel the others, and where a caller gives up, its callee is cancelled: they all say that they failed.
func echoes(broken []*trace.Span) map[*trace.Span]*trace.Span {
	beside := map[*trace.Span]*causes{} // by parent
	for _, s := range broken {
		if s.Parent == nil || cancelled(s) {
			continue
		}
		c := beside[s.Parent]
		if c == nil {
			c = &causes{}
			beside[s.Parent] = c
		}
		c.all = append(c.all, s)
		if !unanswered(s) {
			c.answered = append(c.answered, s)
		}
	}
	byEnd := func(a, b *trace.Span) int { return cmp.Compare(a.End(), b.End()) }
	for _, c := range beside {
		slices.SortStableFunc(c.all, byEnd)
		slices.SortStableFunc(c.answered, byEnd)
	}
	echoes := map[*trace.Span]*trace.Span{}
	for _, s := range broken {
		if cause := echoOf(s, beside); cause != nil {
			echoes[s] = cause
		}
	}
	return echoes
}

// echoOf is the failure that s is the consequence of, nil if it has reasons of its own.
func echoOf(s *trace.Span, beside map[*trace.Span]*causes) *trace.Span {
	const levels = 16
	switch {
	case s.Parent == nil:
		return nil
	case !cancelled(s):
		if c := beside[s.Parent]; c != nil && unanswered(s) {
			return justBefore(s, c.answered)
		}
		return nil
	}
	for at, i := s, 0; at.Parent != nil && i < levels; at, i = at.Parent, i+1 {
		if c := beside[at.Parent]; c != nil {
			if cause := justBefore(at, c.all); cause != nil {
				return cause
			}
		}
		up := at.Parent
		if call.Failed(up) && up.Calling() && !cancelled(up) && (up.End() <= s.End() || outOfTime(up)) {
			return up // the caller gave up
		}
	}
	return nil
}

// justBefore is the last failure that ended while s ran, and just before s did.
func justBefore(s *trace.Span, byEnd []*trace.Span) *trace.Span {
	i := sort.Search(len(byEnd), func(i int) bool { return byEnd[i].End() > s.End()+overlap }) - 1
	if i >= 0 && byEnd[i] == s {
		i--
	}
	if i < 0 || byEnd[i].End() <= s.Start || byEnd[i].End() < s.End()-aftermath {
		return nil
	}
	return byEnd[i]
}

// unanswered reports a call that failed though its callee did not, or that shows neither an answer nor why there is none.
func unanswered(s *trace.Span) bool {
	if !s.Calling() || s.Get(trace.HTTPStatus) != "" || s.Get(trace.RPCStatus) != "" || s.Get(trace.DBSystem) != "" {
		return false
	}
	for _, c := range s.Children {
		if c.Remote() {
			return !call.Failed(c) || cancelled(c)
		}
	}
	return !outOfTime(s) && !says(s, "refused", "reset", "host", "unreachable", "certificate", "tls", "eof", "closed", "dial")
}

// cancelled reports a failure that says somebody else ended it. A time limit is a reason of its own.
func cancelled(s *trace.Span) bool {
	return s.Get(trace.RPCStatus) == "1" || says(s, "cancel", "aborterror") && !outOfTime(s)
}

// outOfTime reports a failure that says a time limit ended it.
func outOfTime(s *trace.Span) bool {
	return s.Get(trace.RPCStatus) == "4" || says(s, "timeout", "timed out", "deadline")
}

// says reports whether one of the words is in what a span tells of its failure.
func says(s *trace.Span, words ...string) bool {
	told := []string{s.Get(trace.ErrorType), s.Get(trace.RPCStatus), s.Get(trace.StatusText)}
	for _, ev := range s.Events {
		told = append(told, ev.Attrs["exception.type"], ev.Attrs["exception.message"])
	}
	text := strings.ToLower(strings.Join(told, " "))
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// cutShort reports a call that failed because its caller waited no longer.
func (e *exam) cutShort(s *trace.Span) bool {
	c := e.callOf[s.Index]
	return c != nil && call.Failed(s) && !cancelled(s) && s.Get(trace.HTTPStatus) == "" && (e.overrun(c) > 0 || outOfTime(s))
}

// timeLimit says which limit a call ran into that was cut short, if its length tells.
func timeLimit(s *trace.Span) string {
	if limit := roundTime(s.Duration); limit > 0 {
		return fmt.Sprintf(", the timeout seems to be %s", ms(limit))
	}
	return ""
}
