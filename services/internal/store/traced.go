package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/XSAM/otelsql"
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"spanwise/internal/telemetry"
)

// maxParameters is how many of a query's parameters its span shows; a list of a thousand would drown it.
const maxParameters = 4

// traced opens a database whose queries are spans, named by what they do to which table.
// The pool's state (connections in use, waits) is a metric.
func traced(connector driver.Connector, kind dbKind, tel *telemetry.Telemetry) (*sql.DB, error) {
	opts := []otelsql.Option{
		otelsql.WithTracerProvider(tel.Traces),
		otelsql.WithMeterProvider(tel.Metrics),
		otelsql.WithAttributes(semconv.DBSystemNameKey.String(kind.name)),
		otelsql.WithAttributesGetter(describe),
		otelsql.WithSpanNameFormatter(spanName),
		otelsql.WithSpanOptions(otelsql.SpanOptions{
			DisableErrSkip: true, OmitConnResetSession: true, OmitConnPrepare: true, OmitRows: true,
		}),
	}
	db := otelsql.OpenDB(connector, opts...)
	_, err := otelsql.RegisterDBStatsMetrics(db, opts...)
	return db, err
}

func spanName(_ context.Context, method otelsql.Method, query string) string {
	if s := summary(query); s != "" {
		return s
	}
	switch method {
	case otelsql.MethodConnBeginTx:
		return "BEGIN"
	case otelsql.MethodTxCommit:
		return "COMMIT"
	case otelsql.MethodTxRollback:
		return "ROLLBACK"
	case otelsql.MethodConnectorConnect:
		return "connect"
	}
	return string(method)
}

func describe(_ context.Context, _ otelsql.Method, query string, args []driver.NamedValue) []attribute.KeyValue {
	s := summary(query)
	if s == "" {
		return nil
	}
	verb, table, _ := strings.Cut(s, " ")
	attrs := []attribute.KeyValue{semconv.DBQuerySummary(s), semconv.DBOperationName(verb), semconv.DBCollectionName(table)}
	if len(args) > maxParameters {
		return attrs
	}
	for _, a := range args {
		attrs = append(attrs, attribute.String(fmt.Sprintf("db.query.parameter.%d", a.Ordinal-1), fmt.Sprint(a.Value)))
	}
	return attrs
}

// summary says what a query of ours does to which table: "SELECT stock". The table follows the first INTO,
// FROM or UPDATE.
func summary(query string) string {
	words := strings.Fields(query)
	if len(words) == 0 {
		return ""
	}
	verb := ""
	for i, word := range words[:len(words)-1] {
		switch word {
		case "SELECT", "INSERT", "DELETE":
			if verb == "" {
				verb = word
			}
		case "UPDATE":
			return word + " " + strings.TrimRight(words[i+1], ",;(")
		case "FROM", "INTO":
			if verb != "" {
				table, _, _ := strings.Cut(words[i+1], "(")
				return verb + " " + strings.TrimRight(table, ",;")
			}
		}
	}
	return verb
}
