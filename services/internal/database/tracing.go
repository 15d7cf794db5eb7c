package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/dbconv"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/fault"
	"spanwise/internal/telemetry"
)

const scope = "spanwise/internal/database"

// tracing makes a span and a measurement of each operation of a database. otelsql, which does the same for any driver, ends the
// span of a query before its rows are read, and builds a new set of attributes for each measurement, also when a connection
// is only taken from the pool.
type tracing struct {
	tracer   trace.Tracer
	duration dbconv.ClientOperationDuration
	system   attribute.KeyValue
	callee   []attribute.KeyValue
	sets     sync.Map // the attributes of a measurement, by the name of the operation
}

func newTracing(system attribute.KeyValue, tel *telemetry.Telemetry) (*tracing, error) {
	duration, err := dbconv.NewClientOperationDuration(tel.Metrics.Meter(scope),
		metric.WithExplicitBucketBoundaries(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)) // the SDK's own are for milliseconds
	return &tracing{tracer: tel.Traces.Tracer(scope), duration: duration, system: system, callee: callee(system)}, err
}

// An operation is one that has begun.
type operation struct {
	*tracing
	ctx   context.Context // with the span
	began time.Time
	verb  string
	span  described // without a span if there is none
	rows  bool      // whether a reading ends the span
}

// begin begins an operation, which is called verb in metrics and name in its span. A statement that belongs to no request,
// such as that of a health probe, has no span, and neither has one whose trace is not sampled. describe, which may be nil, appends
// what the span says in addition to the callee.
func (t *tracing) begin(ctx context.Context, verb, name string, describe func([]attribute.KeyValue) []attribute.KeyValue) operation {
	o := operation{tracing: t, ctx: ctx, began: time.Now(), verb: verb}
	if !trace.SpanContextFromContext(ctx).IsSampled() {
		return o
	}
	o.ctx, o.span = describedSpan(t.tracer.Start(ctx, name, clientSpan))
	o.span.attributes = append(o.span.attributes, t.callee...)
	if describe != nil {
		o.span.attributes = describe(o.span.attributes)
	}
	return o
}

// clientSpan is the option for the spans of operations.
var clientSpan = trace.WithSpanKind(trace.SpanKindClient)

// end ends an operation.
func (o operation) end(err error) {
	o.duration.RecordSet(o.ctx, time.Since(o.began).Seconds(), o.attributes(err))
	if o.span.Span == nil {
		return
	}
	if err != nil && !errors.Is(err, driver.ErrSkip) { // which asks database/sql to do it in another way
		o.span.RecordError(err)
		o.span.SetStatus(codes.Error, "")
	}
	if !o.rows {
		o.span.end()
	}
}

// attributes returns those of the measurement of an operation.
func (o operation) attributes(err error) attribute.Set {
	if err != nil {
		return attribute.NewSet(o.system, semconv.DBOperationName(o.verb), semconv.ErrorType(err))
	}
	set, ok := o.sets.Load(o.verb)
	if !ok {
		set, _ = o.sets.LoadOrStore(o.verb, attribute.NewSet(o.system, semconv.DBOperationName(o.verb)))
	}
	return set.(attribute.Set)
}

// A tracedConnector makes spans of new connections and of what is done with them.
type tracedConnector struct {
	driver.Connector
	*tracing
}

func (c tracedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	o := c.begin(ctx, "connect", "connect", nil)
	inner, err := c.Connector.Connect(o.ctx)
	o.end(err)
	if err != nil {
		return nil, err
	}
	return tracedConn{inner.(conn), c.tracing}, nil
}

// A conn is what a connection of [fault.Connector] offers.
type conn interface {
	fault.Conn
	driver.Validator
	driver.NamedValueChecker
}

type tracedConn struct {
	conn
	*tracing
}

func (c tracedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	o := c.statement(ctx, query, args)
	if r, ok := ctx.Value(readingKey{}).(*reading); ok && o.span.Span != nil {
		o.rows, r.spans = true, append(r.spans, o.span)
	}
	rows, err := c.conn.QueryContext(o.ctx, query, args)
	o.end(err)
	return rows, err
}

func (c tracedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	o := c.statement(ctx, query, args)
	result, err := c.conn.ExecContext(o.ctx, query, args)
	o.end(err)
	return result, err
}

func (c tracedConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	o := c.begin(ctx, "BEGIN", "BEGIN", nil)
	tx, err := c.conn.BeginTx(o.ctx, opts)
	o.end(err)
	return tracedTx{tx, ctx, c.tracing}, err
}

type tracedTx struct {
	driver.Tx
	ctx context.Context // of BeginTx
	*tracing
}

func (t tracedTx) Commit() error   { return t.finish("COMMIT", t.Tx.Commit) }
func (t tracedTx) Rollback() error { return t.finish("ROLLBACK", t.Tx.Rollback) }

func (t tracedTx) finish(verb string, do func() error) error {
	o := t.begin(t.ctx, verb, verb, nil)
	err := do()
	o.end(err)
	return err
}
