package rule

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

// batchAdvice says how all that a loop asks for could be asked for at once, or handed over at once.
func batchAdvice(l *evidence.Loop) string {
	n, c := len(l.Calls), l.Calls[0]
	callee := cmp.Or(l.Callee(), "the callee")
	fix := fmt.Sprintf("ask %s once for all %d; if that cannot be, run a bounded number at a time", callee, n)
	switch {
	case c.Store:
		fix = fmt.Sprintf(storeAtOnce(c), n)
	case c.Span.Kind == trace.Producer:
		fix = fmt.Sprintf("send all %d as one batch, or go on without waiting until each is taken", n)
	case c.Effect == call.Writes:
		fix = fmt.Sprintf("send %s all %d in one request; if that cannot be, run a bounded number at a time", callee, n)
	}
	if resolvedByGraphQL(l) {
		fix += "; under GraphQL a DataLoader gathers what the resolvers ask for"
	}
	return fix
}

// A bulk is how a store takes many things at once, in its own words.
type bulk struct{ read, write string }

var (
	documents = bulk{"one find ($in), or one aggregate with a $lookup", "one insertMany or bulkWrite"}
	index     = bulk{"one _mget or _msearch", "one _bulk"}
	items     = bulk{"BatchGetItem (queries: a bounded number at a time)", "BatchWriteItem"}
)

// bulks of the stores that do it otherwise than with a statement; stores of keys are alike.
var bulks = map[string]bulk{
	"mongodb": documents, "elasticsearch": index, "opensearch": index,
	"dynamodb": items, "aws.dynamodb": items,
	"cassandra": {"asynchronous queries, a bounded number at a time (one IN over many partitions burdens a single node)",
		"asynchronous statements, a bounded number at a time"},
}

func storeAtOnce(c *call.Call) string {
	system := strings.ToLower(c.Span.Get(trace.DBSystem))
	in, known := bulks[system]
	switch {
	case call.KeyValueStores[system]:
		in, known = bulk{"one command for many keys (such as MGET), or in one pipeline", "one command for many keys (such as MSET), or in one pipeline"}, true
	case !known:
		in = bulk{"one statement (IN, = ANY, or a join with the list)", "one statement for all of them, or as one batch of the driver"}
	}
	switch {
	case c.Statement != nil && call.ContainsAny(c.Statement.Template, "nextval", "next value"):
		return "take %d numbers at once from the sequence (an increment of that size, which mappers call allocation size)"
	case c.Effect == call.Acts:
		return "make one call for all %d, with the list as its parameter, or one batch of the driver"
	case c.Effect != call.Writes:
		return "fetch all %d with " + in.read
	case !known && call.FirstWord(c.Template) == "insert":
		return "write all %d with one INSERT of many rows, or as one batch of the driver"
	}
	return "write all %d with " + in.write
}

// resolvedByGraphQL reports a loop that runs in the resolvers of a GraphQL request, by the attributes of what holds the calls.
func resolvedByGraphQL(l *evidence.Loop) bool {
	around := []*trace.Span{l.Parent}
	if unit := l.Units[0]; unit != l.Calls[0].Span {
		around = append(around, unit)
	}
	return slices.ContainsFunc(around, func(s *trace.Span) bool {
		for key := range maps.Keys(s.Attrs) {
			if strings.HasPrefix(key, "graphql.") {
				return true
			}
		}
		return false
	})
}
