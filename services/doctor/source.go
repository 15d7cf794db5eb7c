package doctor

import (
	"cmp"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// source is the call that fetched the list along which a loop walks: the last one before it under the same parent and from the same
// place that can have answered with a list, and that is not one of several itself.
func (e *exam) source(l *loop) *call {
	const near = 64 // children before and after the loop's first that are looked at
	if l.calls[0].callee == "" {
		return nil // who knows from where
	}
	siblings, first := l.parent.Children, l.units[0]
	at, _ := slices.BinarySearchFunc(siblings, first, func(a, b *trace.Span) int { return cmp.Compare(a.Index, b.Index) })
	times := map[int32]int{}
	var before []*call
	for _, s := range siblings[max(0, at-near):min(len(siblings), at+near)] {
		c := e.onlyCall(s)
		if c == nil {
			continue
		}
		times[c.asks]++
		if s.End() <= first.Start && c.callee == l.calls[0].callee && c.asks != l.calls[0].asks && canList(c) {
			before = append(before, c)
		}
	}
	for _, c := range slices.Backward(before) {
		if times[c.asks] == 1 {
			return c
		}
	}
	return nil
}

// onlyCall is the call that a span is or, if it is but a wrapper, the only one that it holds; housekeeping apart.
func (e *exam) onlyCall(s *trace.Span) *call {
	const most = 8 // children; more hold more than one call
	var only *call
	switch c := e.callOf[s.Index]; {
	case c != nil && c.chore:
		return nil
	case c != nil:
		return c
	case !wraps(s) || len(s.Children) > most:
		return nil
	}
	for _, child := range s.Children {
		if c := e.onlyCall(child); c != nil {
			if only != nil {
				return nil
			}
			only = c
		}
	}
	return only
}

// canList reports whether a call can have answered with a list: it reads, and does not name one thing.
func canList(c *call) bool {
	if rows := c.span.Get(trace.DBRows); rows != "" {
		return number(rows) > 1
	}
	if c.effect.mayChange() {
		return false
	}
	switch system := c.span.Get(trace.DBSystem); {
	case keyed[strings.ToLower(system)]:
		return anyIn(firstWord(c.what), "range", "member", "keys", "vals", "all", "scan")
	case c.statement != nil && !isJSON(c.statement.template):
		return !c.statement.single && !oneWanted.MatchString(c.span.Get(trace.DBText))
	case c.statement != nil:
		return !strings.Contains(c.statement.template, `"_id": ?`) && !strings.Contains(c.statement.template, `"_id":?`)
	case c.get(trace.HTTPMethod) != "" && c.get(trace.RPCMethod) == "":
		path, _, _ := strings.Cut(c.what, "?")
		return !strings.ContainsAny(path[strings.LastIndexByte(path, '/')+1:], "{<:*")
	}
	method := c.what[strings.LastIndexAny(c.what, "/.")+1:]
	return anyIn(strings.ToLower(method), "list", "search", "find", "query", "scan") && !strings.Contains(strings.ToLower(method), "one")
}
