// Package shape writes down what a trace consists of and nothing that varies between two equal requests: no ids, no
// times, no order. Two requests that did the same have the same [Of].
package shape

import (
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// Of returns a trace as an indented tree, a line for each kind of span: how many of them, with equal subtrees, their
// parent has, then service, kind and name.
//
//	1 order server GET /orders/{id}
//	  2 order client GET /stock/{sku}
//	    1 inventory server GET /stock/{sku}
//
// Spans whose parent is missing follow as trees of their own under "orphan". A span that opens a database connection
// is left out: whether a request meets an idle connection depends on the requests before it.
func Of(t *trace.Trace) string {
	var b strings.Builder
	write(&b, t.Roots, "")
	if len(t.Orphans) > 0 {
		b.WriteString("orphan\n")
		write(&b, t.Orphans, "  ")
	}
	return b.String()
}

func write(b *strings.Builder, spans []*trace.Span, indent string) {
	counts := make(map[string]int)
	for _, s := range spans {
		if connects(s) {
			continue
		}
		var tree strings.Builder
		fmt.Fprintf(&tree, "%s %s %s\n", s.Service, kinds[s.Kind], s.Name)
		write(&tree, s.Children, indent+"  ")
		counts[tree.String()]++
	}
	trees := make([]string, 0, len(counts))
	for tree := range counts {
		trees = append(trees, tree)
	}
	slices.Sort(trees)
	for _, tree := range trees {
		fmt.Fprintf(b, "%s%d %s", indent, counts[tree], tree)
	}
}

var kinds = map[trace.Kind]string{
	trace.Unknown: "unknown", trace.Internal: "internal", trace.Server: "server",
	trace.Client: "client", trace.Producer: "producer", trace.Consumer: "consumer",
}

func connects(s *trace.Span) bool {
	return s.Name == "connect" && s.Get(trace.DBSystem) != "" && s.Get(trace.DBText) == "" && len(s.Children) == 0
}

// Queries returns the spans that run SQL, which are those with a text: opening a connection or a transaction has none.
func Queries(t *trace.Trace) []*trace.Span {
	return pick(t, func(s *trace.Span) bool { return s.Get(trace.DBText) != "" })
}

// Calls returns the client side of the HTTP calls that a service makes.
func Calls(t *trace.Trace, service string) []*trace.Span {
	return pick(t, func(s *trace.Span) bool {
		return s.Service == service && s.Kind == trace.Client && s.Get(trace.HTTPMethod) != ""
	})
}

// Served returns the server spans of a service; of all services if it is empty.
func Served(t *trace.Trace, service string) []*trace.Span {
	return pick(t, func(s *trace.Span) bool {
		return s.Kind == trace.Server && (service == "" || s.Service == service)
	})
}

func pick(t *trace.Trace, which func(*trace.Span) bool) []*trace.Span {
	return slices.DeleteFunc(slices.Clone(t.Spans), func(s *trace.Span) bool { return !which(s) })
}
