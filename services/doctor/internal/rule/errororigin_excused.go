package rule

import (
	"sort"

	"spanwise/doctor/call"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

// excused reports a step of opening a connection that failed, although the connection was set up. An address that fails only after a time
// is worth a look all the same.
func (f *failures) excused(s *trace.Span) bool {
	quick := call.Connecting(s) && f.exam.Total[s.Index] < evidence.SlowVisit
	return (quick || call.Greets(s)) && f.connected(s)
}

// connected reports whether the connection that s belongs to was set up although s failed. Then it was one of several addresses, or a
// command that the server need not know.
func (f *failures) connected(s *trace.Span) bool {
	up := s.Parent
	if up == nil || f.failed[up.Index] {
		return false
	}
	if up.Calling() || call.Connecting(up) {
		return true
	}
	const most = 64 // that follow
	from := sort.Search(len(up.Children), func(i int) bool { return up.Children[i].Start >= s.Start })
	for _, next := range up.Children[from:min(from+most, len(up.Children))] {
		if f.failed[next.Index] {
			continue
		}
		if next.Name == s.Name && call.Connecting(s) || next.Calling() && next.Callee() == s.Callee() && !call.Greets(next) {
			return true
		}
	}
	return false
}
