package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/XSAM/otelsql"
	"github.com/pressly/goose/v3"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/telemetry"
)

// parameters are the attributes of the parameters of a query. A span has them only if there are so few: lists may have a
// thousand.
var parameters = []attribute.Key{"db.query.parameter.0", "db.query.parameter.1", "db.query.parameter.2", "db.query.parameter.3"}

// connectName is the name of the span of opening a connection.
const connectName = "connect"

// pool opens a pool of that many connections. Queries are spans, named by what they do to which table.
func pool(connector driver.Connector, size int, dialect goose.Dialect, tel *telemetry.Telemetry) *sql.DB {
	open := sql.OpenDB
	if tel.Enabled() {
		open = func(c driver.Connector) *sql.DB { return otelsql.OpenDB(c, options(dialect, tel)...) }
	}
	db := open(connector)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db
}

// countConnections makes metrics of a pool: connections in use, waits.
func countConnections(db *sql.DB, dialect goose.Dialect, tel *telemetry.Telemetry) error {
	if !tel.Enabled() {
		return nil
	}
	_, err := otelsql.RegisterDBStatsMetrics(db, options(dialect, tel)...)
	return err
}

func options(dialect goose.Dialect, tel *telemetry.Telemetry) []otelsql.Option {
	return []otelsql.Option{
		otelsql.WithTracerProvider(rowSpans{tel.Traces}),
		otelsql.WithMeterProvider(tel.Metrics),
		otelsql.WithAttributes(systems[dialect]),
		otelsql.WithAttributesGetter(describe(systems[dialect].Value.AsString())),
		otelsql.WithSpanNameFormatter(spanName),
		otelsql.WithSpanOptions(otelsql.SpanOptions{
			DisableErrSkip: true, OmitConnResetSession: true, OmitConnPrepare: true, OmitRows: true,
			SpanFilter: partOfTrace,
		}),
	}
}

// partOfTrace keeps statements that belong to no request, such as those of health probes, from being traces of their own, and
// costs nothing if the trace is not sampled.
func partOfTrace(ctx context.Context, _ otelsql.Method, _ string, _ []driver.NamedValue) bool {
	return trace.SpanContextFromContext(ctx).IsSampled()
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
		return connectName
	}
	return string(method)
}

// describe returns a function that describes the span of a statement. Beside the current names of the semantic conventions
// it uses two older ones that Jaeger's pages read: db.system, and peer.service for what they draw as the callee.
func describe(system string) otelsql.AttributesGetter {
	callee := []attribute.KeyValue{attribute.String("db.system", system), attribute.String("peer.service", system)}
	return func(ctx context.Context, _ otelsql.Method, query string, args []driver.NamedValue) []attribute.KeyValue {
		s := summary(query)
		if s == "" {
			return callee
		}
		verb, table, _ := strings.Cut(s, " ")
		attrs := append(make([]attribute.KeyValue, 0, len(callee)+3+len(parameters)), callee...)
		attrs = append(attrs, semconv.DBQuerySummary(s), semconv.DBOperationName(verb), semconv.DBCollectionName(table))
		if len(args) > len(parameters) || ctx.Value(hiddenKey{}) != nil {
			return attrs
		}
		for i, a := range args {
			attrs = append(attrs, parameters[i].String(fmt.Sprint(a.Value)))
		}
		return attrs
	}
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

// otelsql ends the span of a query when its first row can be read, so that reading a million rows would be in no span.
// Here the span ends after the last row, and has the number of rows: otelsql gets a provider whose spans ignore End if
// the context has a reading, which ends them.

// A reading is the spans of a query whose rows are being read. There are several if a connection turned out to be dead.
type reading struct{ spans []trace.Span }

type readingKey struct{}

func withReading(ctx context.Context) (context.Context, *reading) {
	r := new(reading)
	if !trace.SpanContextFromContext(ctx).IsSampled() {
		return ctx, r
	}
	return context.WithValue(ctx, readingKey{}, r), r
}

// returned sets the number of rows.
func (r *reading) returned(rows int) {
	for _, s := range r.spans {
		s.SetAttributes(semconv.DBResponseReturnedRows(rows))
	}
}

// failed marks the query as failed while its rows were read. An error of the query itself is in its span already.
func (r *reading) failed(err error) {
	for _, s := range r.spans {
		s.SetStatus(codes.Error, err.Error())
	}
}

func (r *reading) end() {
	for _, s := range r.spans {
		s.End()
	}
}

// rowSpans is a provider of spans that a reading ends.
type rowSpans struct{ trace.TracerProvider }

func (p rowSpans) Tracer(name string, opts ...trace.TracerOption) trace.Tracer {
	return rowTracer{p.TracerProvider.Tracer(name, opts...)}
}

type rowTracer struct{ trace.Tracer }

func (t rowTracer) Start(ctx context.Context, name string, opts ...trace.SpanStartOption) (context.Context, trace.Span) {
	ctx, span := t.Tracer.Start(ctx, name, opts...)
	r, ok := ctx.Value(readingKey{}).(*reading)
	if !ok || name == connectName {
		return ctx, span
	}
	r.spans = append(r.spans, span)
	return ctx, rowSpan{span}
}

type rowSpan struct{ trace.Span }

func (rowSpan) End(...trace.SpanEndOption) {}
