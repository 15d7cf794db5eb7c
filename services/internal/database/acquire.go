package database

import (
	"context"
	"database/sql"
	"errors"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/fault"
)

// A DB is a service's database. It is safe for concurrent use.
type DB struct {
	*sql.DB               // the pool
	single  *sql.DB       // a pool of one connection, for requests that ask for it
	mutex   chan struct{} // for requests that ask for it; full when locked
	service string
}

// Close closes both pools.
func (db *DB) Close() error { return errors.Join(db.DB.Close(), db.single.Close()) }

// A runner runs statements: a pool, or a connection.
type runner interface {
	Querier
	BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error)
}

// acquire returns what runs the statements of a request: the pool, or what the request asked for. The caller calls
// release when it has read the rows. Waits have spans of their own, since that of the query begins after them.
func (db *DB) acquire(ctx context.Context) (r runner, release func(), err error) {
	unlock := func() {}
	if fault.Lock.At(ctx, db.service) {
		if unlock, err = db.lock(ctx); err != nil {
			return nil, nil, err
		}
	}
	if !fault.Pool.At(ctx, db.service) {
		return db.DB, unlock, nil
	}
	waiting, span := tracer(ctx).Start(ctx, "acquire-connection",
		trace.WithAttributes(semconv.DBClientConnectionPoolName(db.service)))
	defer span.End()
	conn, err := db.single.Conn(waiting)
	if err != nil {
		unlock()
		return nil, nil, err
	}
	return conn, func() { conn.Close(); unlock() }, nil
}

// lock locks the mutex.
func (db *DB) lock(ctx context.Context) (unlock func(), err error) {
	_, span := tracer(ctx).Start(ctx, "acquire-lock")
	defer span.End()
	select {
	case db.mutex <- struct{}{}:
		return func() { <-db.mutex }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// acquire is [DB.acquire] for any Querier; a transaction has a connection already.
func acquire(ctx context.Context, q Querier) (Querier, func(), error) {
	if db, ok := q.(*DB); ok {
		return db.acquire(ctx)
	}
	return q, func() {}, nil
}

func tracer(ctx context.Context) trace.Tracer {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer(scope)
}
