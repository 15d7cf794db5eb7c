package rule

import (
	"cmp"
	"slices"
	"sort"

	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

// aftermath is how long after a failure, its caller may take to cancel parallel work.
const aftermath = 5 * trace.Millisecond

// causes are the failed children of one parent by end: all that were not cancelled, and those of them that were
// answered.
type causes struct{ all, answered []*trace.Span }

// findEchoes maps each failed span that only follows from another failure to that failure. If one of several tasks
// fails, programs cancel the others; if a caller gives up, its callee is cancelled; all of these fail.
func (f *failures) findEchoes() {
	siblings := map[*trace.Span]*causes{} // by parent
	for _, s := range f.broken {
		if s.Parent == nil || f.cancelled[s.Index] {
			continue
		}
		c := siblings[s.Parent]
		if c == nil {
			c = &causes{}
			siblings[s.Parent] = c
		}
		c.all = append(c.all, s)
		if !f.unanswered(s) {
			c.answered = append(c.answered, s)
		}
	}
	byEnd := func(a, b *trace.Span) int { return cmp.Compare(a.End(), b.End()) }
	for _, c := range siblings {
		slices.SortStableFunc(c.all, byEnd)
		slices.SortStableFunc(c.answered, byEnd)
	}
	for _, s := range f.broken {
		if cause := f.echoOf(s, siblings); cause != nil {
			f.echoes[s] = cause
		}
	}
}

// echoOf is the failure that caused the failure of s; nil if s failed by itself.
func (f *failures) echoOf(s *trace.Span, siblings map[*trace.Span]*causes) *trace.Span {
	const levels = 16
	switch {
	case s.Parent == nil:
		return nil
	case !f.cancelled[s.Index]:
		if c := siblings[s.Parent]; c != nil && f.unanswered(s) {
			return justBefore(s, c.answered)
		}
		return nil
	}
	for at, i := s, 0; at.Parent != nil && i < levels; at, i = at.Parent, i+1 {
		if c := siblings[at.Parent]; c != nil {
			if cause := justBefore(at, c.all); cause != nil {
				return cause
			}
		}
		up := at.Parent
		if f.failed[up.Index] && up.Calling() && !f.cancelled[up.Index] && (up.End() <= s.End() || evidence.OutOfTime(up)) {
			return up // the caller gave up
		}
	}
	return nil
}

// justBefore is the last failure that ended while s ran, shortly before s ended.
func justBefore(s *trace.Span, byEnd []*trace.Span) *trace.Span {
	i := sort.Search(len(byEnd), func(i int) bool { return byEnd[i].End() > s.End()+evidence.Overlap }) - 1
	if i >= 0 && byEnd[i] == s {
		i--
	}
	if i < 0 || byEnd[i].End() <= s.Start || byEnd[i].End() < s.End()-aftermath {
		return nil
	}
	return byEnd[i]
}

// unanswered reports a call that failed although its callee did not, or that records neither an answer nor why there
// is none.
func (f *failures) unanswered(s *trace.Span) bool {
	if !s.Calling() || s.Get(trace.HTTPStatus) != "" || s.Get(trace.RPCStatus) != "" || s.Get(trace.DBSystem) != "" {
		return false
	}
	for _, c := range s.Children {
		if c.Remote() {
			return !f.failed[c.Index] || f.cancelled[c.Index]
		}
	}
	return !evidence.OutOfTime(s) &&
		!evidence.Says(s, "refused", "reset", "host", "unreachable", "certificate", "tls", "eof", "closed", "dial")
}
