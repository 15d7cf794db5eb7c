package rule

import (
	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// excused reports a step of opening a connection that failed, although the connection was set up.
func excused(s *trace.Span) bool { return (call.Connecting(s) || call.Greets(s)) && connected(s) }

// connected reports whether the connection that s belongs to was set up although s failed. Then it was one of several addresses, or a
// command that the server need not know.
func connected(s *trace.Span) bool {
	up := s.Parent
	if up == nil || call.Failed(up) {
		return false
	}
	if up.Calling() || call.Connecting(up) {
		return true
	}
	for _, next := range up.Children {
		if next.Start >= s.Start && next != s && next.Calling() && next.Callee() == s.Callee() && !call.Greets(next) && !call.Failed(next) {
			return true
		}
	}
	return false
}
