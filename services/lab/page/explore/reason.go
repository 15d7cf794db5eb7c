package explore

import (
	"cmp"
	"fmt"

	"spanwise/doctor/trace"
)

// reason is what a failed span says about its failure, in a line.
func reason(s *trace.Span) string {
	said := cmp.Or(s.Attrs.Get("otel.status_description"), s.Get(trace.ErrorText))
	for _, e := range s.Events {
		said = cmp.Or(said, e.Attrs.Get("exception.message"), e.Attrs.Get("error.message"), e.Attrs.Get("message"), e.Attrs.Get("exception.type"))
	}
	if said != "" {
		return said
	}
	for _, status := range []struct {
		name    string
		meaning trace.Meaning
	}{{"HTTP status", trace.HTTPStatus}, {"RPC status", trace.RPCStatus}, {"database status", trace.DBStatus}} {
		if code := s.Get(status.meaning); code != "" {
			return status.name + " " + code
		}
	}
	return cmp.Or(s.Attrs.Get("error.type"), "the span does not say why")
}

// oddities are what a reader should know about a span's record.
func oddities(s *trace.Span) (list []string) {
	if s.Mistimed {
		list = append(list, "its recorded start or end was missing or impossible")
	}
	if s.Dropped > 0 {
		list = append(list, fmt.Sprintf("the tracer dropped %d of its attributes, events and links", s.Dropped))
	}
	if s.Parent == nil && s.ParentID != "" {
		list = append(list, "its parent "+s.ParentID+" is not in the trace")
	}
	return list
}
