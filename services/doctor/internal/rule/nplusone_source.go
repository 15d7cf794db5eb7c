package rule

import (
	"cmp"
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

// source is the call that fetched the list along which a loop walks: the last one before it under the same parent and from the same
// place that can have answered with a list, and that is not one of several itself.
func source(e *evidence.Exam, l *evidence.Loop) *call.Call {
	const near = 64 // children before and after the loop's first that are looked at
	if l.Calls[0].Callee == "" {
		return nil // who knows from where
	}
	siblings, first := l.Parent.Children, l.Units[0]
	at, _ := slices.BinarySearchFunc(siblings, first, func(a, b *trace.Span) int { return cmp.Compare(a.Index, b.Index) })
	times := map[int32]int{}
	var before []*call.Call
	for _, s := range siblings[max(0, at-near):min(len(siblings), at+near)] {
		c := onlyCall(e, s)
		if c == nil {
			continue
		}
		times[c.Group]++
		if s.End() <= first.Start && c.Callee == l.Calls[0].Callee && c.Group != l.Calls[0].Group && canList(c) {
			before = append(before, c)
		}
	}
	for _, c := range slices.Backward(before) {
		if times[c.Group] == 1 {
			return c
		}
	}
	return nil
}

// onlyCall is the call that a span is or, if it is but a wrapper, the only one that it holds; housekeeping apart.
func onlyCall(e *evidence.Exam, s *trace.Span) *call.Call {
	const most = 8 // children; more hold more than one call
	var only *call.Call
	switch c := e.CallOf[s.Index]; {
	case c != nil && c.Housekeeping:
		return nil
	case c != nil:
		return c
	case !evidence.Wraps(s) || len(s.Children) > most:
		return nil
	}
	for _, child := range s.Children {
		if c := onlyCall(e, child); c != nil {
			if only != nil {
				return nil
			}
			only = c
		}
	}
	return only
}

// canList reports whether a call can have answered with a list: it reads, and does not name one thing.
func canList(c *call.Call) bool {
	if rows := c.Span.Get(trace.DBRows); rows != "" {
		return call.Number(rows) > 1
	}
	if c.Effect.MayChange() {
		return false
	}
	switch system := c.Span.Get(trace.DBSystem); {
	case call.KeyValueStores[strings.ToLower(system)]:
		return call.ContainsAny(call.FirstWord(c.Template), "range", "member", "keys", "vals", "all", "scan")
	case c.Statement != nil && !call.IsJSON(c.Statement.Template):
		return !c.Statement.Single && !call.OneWanted.MatchString(c.Span.Get(trace.DBText))
	case c.Statement != nil:
		return !strings.Contains(c.Statement.Template, `"_id": ?`) && !strings.Contains(c.Statement.Template, `"_id":?`)
	case c.Get(trace.HTTPMethod) != "" && c.Get(trace.RPCMethod) == "":
		path, _, _ := strings.Cut(c.Template, "?")
		return !strings.ContainsAny(path[strings.LastIndexByte(path, '/')+1:], "{<:*")
	}
	method := c.Template[strings.LastIndexAny(c.Template, "/.")+1:]
	return call.ContainsAny(strings.ToLower(method), "list", "search", "find", "query", "scan") && !strings.Contains(strings.ToLower(method), "one")
}
