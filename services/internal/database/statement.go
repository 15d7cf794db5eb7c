package database

import (
	"cmp"
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// parameters are the attributes of the parameters of a query. A span has them only if there are so few: lists may have a
// thousand.
var parameters = []attribute.Key{"db.query.parameter.0", "db.query.parameter.1", "db.query.parameter.2", "db.query.parameter.3"}

// statement begins a statement. Its span is named by what it does to which table.
func (t *tracing) statement(ctx context.Context, query string, args []driver.NamedValue) operation {
	s := cmp.Or(summary(query), "query")
	verb, table, _ := strings.Cut(s, " ")
	return t.begin(ctx, verb, s, func(attrs []attribute.KeyValue) []attribute.KeyValue {
		attrs = append(attrs, semconv.DBQueryText(query), semconv.DBQuerySummary(s), semconv.DBOperationName(verb),
			semconv.DBCollectionName(table))
		if len(args) > len(parameters) || ctx.Value(hiddenKey{}) != nil {
			return attrs
		}
		for i, a := range args {
			attrs = append(attrs, parameters[i].String(fmt.Sprint(a.Value)))
		}
		return attrs
	})
}

// callee describes the database. Alongside the current name of the semantic conventions it uses two older ones that Jaeger's
// pages read: db.system, and peer.service for what they draw as the callee.
func callee(system attribute.KeyValue) []attribute.KeyValue {
	name := system.Value.AsString()
	return []attribute.KeyValue{system, attribute.String("db.system", name), attribute.String("peer.service", name)}
}

type hiddenKey struct{}

// HideParameters returns a context for statements whose parameters do not belong in a trace.
func HideParameters(ctx context.Context) context.Context {
	return context.WithValue(ctx, hiddenKey{}, true)
}

// summary returns what a query does to which table, such as "SELECT stock". The table follows the first INTO, FROM or
// UPDATE.
func summary(query string) string {
	verb, before := "", ""
	for word := range strings.FieldsSeq(query) {
		switch before {
		case "SELECT", "INSERT", "DELETE":
			if verb == "" {
				verb = before
			}
		case "UPDATE":
			return before + " " + strings.TrimRight(word, ",;(")
		case "FROM", "INTO":
			if verb != "" {
				table, _, _ := strings.Cut(word, "(")
				return verb + " " + strings.TrimRight(table, ",;")
			}
		}
		before = word
	}
	return verb
}
