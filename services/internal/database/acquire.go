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
	*sql.DB         // the pool that requests share
	narrow  *sql.DB // a pool of one connection, for requests that want to wait for it
	turn    chan struct{}
	service string
}

// Close closes both pools.
func (db *DB) Close() error { return errors.Join(db.DB.Close(), db.narrow.Close()) }

// A runner is what runs statements: a pool, one connection, or a transaction.
type runner interface {
	Querier
	BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error)
}

// acquire returns what is to run the statements of a request: the shared pool, or what the request asked for. The
// caller calls release when the statement and the reading of its rows is over. Waiting is seen as a span:
// those of queries begin only after it.
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
	conn, err := db.narrow.Conn(waiting)
	if err != nil {
		unlock()
		return nil, nil, err
	}
	return conn, func() { conn.Close(); unlock() }, nil
}

// lock waits for the turn of a request that shares one lock with all others that want it.
func (db *DB) lock(ctx context.Context) (unlock func(), err error) {
	_, span := tracer(ctx).Start(ctx, "acquire-lock")
	defer span.End()
	select {
	case db.turn <- struct{}{}:
		return func() { <-db.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// acquire is [DB.acquire] for whatever runs queries; a transaction has what it needs.
func acquire(ctx context.Context, q Querier) (Querier, func(), error) {
	if db, ok := q.(*DB); ok {
		return db.acquire(ctx)
	}
	return q, func() {}, nil
}

func tracer(ctx context.Context) trace.Tracer {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer("spanwise/internal/database")
}
