package rule

import (
	"cmp"
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

// listBefore returns the call that fetched the list over which a loop iterates: the last call before the loop, under the same parent and
// to the same callee, that may have returned a list and is not repeated itself. It returns nil if there is none.
func listBefore(e *evidence.Exam, l *evidence.Loop) *call.Call {
	const near = 64 // children to look at before and after the loop's first
	if l.Calls[0].Callee == "" {
		return nil
	}
	siblings, first := l.Parent.Children, l.Units[0]
	at := slices.Index(siblings, first)
	times := map[int32]int{} // by call.Group
	var candidates []*call.Call
	for _, s := range siblings[max(0, at-near):min(len(siblings), at+near)] {
		c := onlyCall(e, s)
		if c == nil {
			continue
		}
		times[c.Group]++
		if s.End() <= first.Start && c.Callee == l.Calls[0].Callee && c.Group != l.Calls[0].Group && mayReturnList(c) {
			candidates = append(candidates, c)
		}
	}
	for _, c := range slices.Backward(candidates) {
		if times[c.Group] == 1 {
			return c
		}
	}
	return nil
}

// onlyCall returns the call that a span is or, if the span is a wrapper, the only call in it. Housekeeping does not count.
func onlyCall(e *evidence.Exam, s *trace.Span) *call.Call {
	const most = 8 // children; a span with more holds more than one call
	if c := e.CallOf[s.Index]; c != nil {
		if c.Housekeeping {
			return nil
		}
		return c
	}
	if !evidence.Wraps(s) || len(s.Children) > most {
		return nil
	}
	var only *call.Call
	for _, child := range s.Children {
		c := onlyCall(e, child)
		if c != nil && only != nil {
			return nil
		}
		only = cmp.Or(only, c)
	}
	return only
}

// mayReturnList reports whether a call reads and does not request exactly one item.
func mayReturnList(c *call.Call) bool {
	if rows, known := c.Rows(); known {
		return rows > 1
	}
	if c.Effect.MayChange() {
		return false
	}
	switch system := c.Span.Get(trace.DBSystem); {
	case call.KeyValueStores[strings.ToLower(system)]:
		return call.ContainsAny(call.FirstWord(c.Template), "range", "member", "keys", "vals", "all", "scan")
	case c.Statement != nil && !call.IsJSON(c.Statement.Template):
		return !c.Statement.OneRow && !call.LimitOne.MatchString(c.Span.Get(trace.DBText))
	case c.Statement != nil:
		return !call.ContainsAny(c.Statement.Template, `"_id": ?`, `"_id":?`)
	case c.IsHTTP():
		route, _, _ := strings.Cut(c.Template, "?")
		return !strings.ContainsAny(route[strings.LastIndexByte(route, '/')+1:], "{<:*")
	}
	method := strings.ToLower(c.Template[strings.LastIndexAny(c.Template, "/.")+1:])
	return call.ContainsAny(method, "list", "search", "find", "query", "scan") && !strings.Contains(method, "one")
}
