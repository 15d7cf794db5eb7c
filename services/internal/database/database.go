// Package database opens a service's own database, SQLite or PostgreSQL, brings its schema up to date, and
// runs queries on it in a way that is the same for both. Call [Open] once; then [Query], [Exec] and [Tx].
//
// SQL is written once, for both: $1 for parameters, and nothing that only one of them understands.
package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"spanwise/internal/fault"
	"spanwise/internal/telemetry"
)

// A Config says where a service's database is.
type Config struct {
	Service    string        // names the SQLite file, and the target of latency=SERVICE.db:…
	URL        string        // postgres://…; empty means SQLite
	Dir        string        // of the SQLite file; made if it is missing
	Wait       time.Duration // how long Open waits for a database that does not answer
	Migrations fs.FS         // NNNNN_name.sql files, run in order, each once
}

// connections is the size of the pool. All are opened at the start and kept, so that a request does not
// pay for a handshake.
const connections = 16

// Open opens the database, waits until it answers, and runs the migrations it has not seen.
// The caller closes what it returns.
func Open(ctx context.Context, c Config, tel *telemetry.Telemetry) (*DB, error) {
	kind, connector, err := c.connector()
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx, c, kind, connector, tel.Log); err != nil {
		return nil, err
	}
	connector = fault.Connector(connector, c.Service+".db")
	db := &DB{
		DB: pool(connector, connections, kind, tel), narrow: pool(connector, 1, kind, tel),
		turn: make(chan struct{}, 1), service: c.Service,
	}
	for _, p := range []*sql.DB{db.DB, db.narrow} {
		if err := fill(ctx, p); err != nil {
			return nil, errors.Join(named(err), db.Close())
		}
	}
	return db, observe(db.DB, kind, tel)
}

// fill opens all connections of a pool, or the first requests to come many at once would wait for them.
func fill(ctx context.Context, pool *sql.DB) error {
	for range pool.Stats().MaxOpenConnections {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close() // back into the pool, not before there are enough
	}
	return nil
}

func (c Config) connector() (dbKind, driver.Connector, error) {
	if c.URL == "" {
		connector, err := openSQLite(c.Dir, c.Service)
		return sqliteKind, connector, err
	}
	connector, err := openPostgres(c.URL)
	return postgresKind, connector, err
}

// prepare waits for the database and migrates it, over a connection that makes no spans.
func prepare(ctx context.Context, c Config, kind dbKind, connector driver.Connector, log logger) error {
	db := sql.OpenDB(connector)
	defer db.Close()
	if err := wait(ctx, db, c, log); err != nil {
		return err
	}
	if err := migrate(ctx, db, kind, c.Migrations); err != nil {
		return fmt.Errorf("bring the database up to date: %w", err)
	}
	return nil
}
