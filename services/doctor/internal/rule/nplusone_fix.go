package rule

import (
	"cmp"
	"fmt"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

// batchAdvice says how to fetch or send everything that a loop handles one by one in a single call.
func batchAdvice(l *evidence.Loop) string {
	n, c := len(l.Calls), l.Calls[0]
	callee := cmp.Or(l.Callee(), "the callee")
	fix := fmt.Sprintf("fetch all %d from %s in one request; if it has no batch endpoint, make the calls in parallel, a few at a time", n, callee)
	switch {
	case c.Store:
		fix = storeBatchAdvice(c, n)
	case cloudBatches[c.CloudOperation()] != "":
		fix = cloudBatchAdvice(c, n)
	case c.Span.Kind == trace.Producer:
		fix = fmt.Sprintf("send all %d as one batch, or send them asynchronously instead of waiting for each acknowledgement", n)
	case c.Effect == call.Writes:
		fix = fmt.Sprintf("send all %d to %s in one request; if it has no batch endpoint, make the calls in parallel, a few at a time", n, callee)
	}
	if inGraphQL(l) {
		fix += "; in GraphQL, a DataLoader batches what the resolvers request"
	}
	return fix
}

// A batchOp names how a store reads and writes many items at once.
type batchOp struct{ read, write string }

var (
	sqlBatch = batchOp{"one statement (IN, = ANY, or a join with the list)", "one statement for all of them, or in one driver batch"}
	keyBatch = batchOp{"one command for many keys (such as MGET), or in one pipeline",
		"one command for many keys (such as MSET), or in one pipeline"}
	searchBatch = batchOp{"one _mget or _msearch", "one _bulk"}
	dynamoBatch = batchOp{"BatchGetItem (for queries: a limited number in parallel)", "BatchWriteItem"}
)

// batchOps are those of stores that are neither SQL databases nor key-value stores.
var batchOps = map[string]batchOp{
	"elasticsearch": searchBatch, "opensearch": searchBatch,
	"dynamodb": dynamoBatch, "aws.dynamodb": dynamoBatch,
	"mongodb": {"one find ($in), or one aggregate with a $lookup", "one insertMany or bulkWrite"},
	"cassandra": {"asynchronous queries, a limited number at a time (one IN over many partitions overloads a single node)",
		"asynchronous statements, a limited number at a time"},
}

func storeBatchAdvice(c *call.Call, n int) string {
	system := strings.ToLower(c.Span.Get(trace.DBSystem))
	op, known := batchOps[system]
	if call.KeyValueStores[system] {
		op, known = keyBatch, true
	} else if !known {
		op = sqlBatch
	}
	switch {
	case c.Statement != nil && call.ContainsAny(c.Statement.Template, "nextval", "next value"):
		return fmt.Sprintf("take %d numbers from the sequence at once (an increment of that size, which ORMs call the allocation size)", n)
	case c.Effect == call.Acts:
		return fmt.Sprintf("make one call for all %d, with the list as its parameter, or use one driver batch", n)
	case c.Effect != call.Writes:
		return fmt.Sprintf("fetch all %d with %s", n, op.read)
	case !known && call.FirstWord(c.Template) == "insert":
		return fmt.Sprintf("write all %d with one multi-row INSERT, or in one driver batch", n)
	}
	return fmt.Sprintf("write all %d with %s", n, op.write)
}

// inGraphQL reports whether the loop runs in the resolvers of a GraphQL request, by the attributes of the spans around its calls.
func inGraphQL(l *evidence.Loop) bool {
	hasAttr := func(s *trace.Span) bool {
		for _, a := range s.Attrs {
			if strings.HasPrefix(a.Key, "graphql.") {
				return true
			}
		}
		return false
	}
	unit := l.Units[0]
	return hasAttr(l.Parent) || unit != l.Calls[0].Span && hasAttr(unit)
}
