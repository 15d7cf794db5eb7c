// Package database opens a service's own database, SQLite or PostgreSQL, migrates its schema, and runs queries in the same
// way on both. Call [Open] once; then [Query], [Exec] and [Tx].
//
// SQL is written once, for both: with $1 for parameters, and nothing that only one of them understands.
package database

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/pressly/goose/v3"

	"spanwise/internal/fault"
	"spanwise/internal/telemetry"
)

// A Config says where a service's database is.
type Config struct {
	Service    string        // names the SQLite file, and the target of latency=SERVICE.db:…
	URL        string        // postgres://…; empty means SQLite
	Dir        string        // of the SQLite file; created if it does not exist
	Wait       time.Duration // how long Open waits for a database that does not answer
	Migrations fs.FS         // NNNNN_name.sql files, run in order, each once
	Size       int           // of the pool of connections; 0 means [Connections]

	WrapConnector func(driver.Connector) driver.Connector // for tests; may be nil
}

// Connections is the usual size of the pool. All are opened at the start and kept, so that no request waits for a handshake.
const Connections = 16

// Open opens the database, waits until it answers, and runs the migrations that it has not seen.
// The caller closes the DB.
func Open(ctx context.Context, c Config, tel *telemetry.Telemetry) (*DB, error) {
	dialect, connector, err := c.connector()
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx, c, dialect, connector, tel.Log); err != nil {
		return nil, err
	}
	if dialect == goose.DialectSQLite3 {
		connector = keepStatements(connector)
	}
	if c.WrapConnector != nil {
		connector = c.WrapConnector(connector)
	}
	connector, err = instrument(fault.Connector(connector, c.Service+".db"), systems[dialect], tel)
	if err != nil {
		return nil, err
	}
	db := &DB{
		DB: pool(connector, cmp.Or(c.Size, Connections)), single: pool(connector, 1),
		mutex: make(chan struct{}, 1), service: c.Service,
	}
	for _, p := range []*sql.DB{db.DB, db.single} {
		if err := fill(ctx, p); err != nil {
			return nil, errors.Join(unavailable(err), db.Close())
		}
	}
	return db, countConnections(db.DB, systems[dialect], tel)
}

// fill opens all connections of a pool, so that the first burst of requests does not wait for handshakes.
func fill(ctx context.Context, pool *sql.DB) error {
	for range pool.Stats().MaxOpenConnections {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close() // only when all are open do they return to the pool
	}
	return nil
}

// prepare waits for the database and migrates it, over a connection without spans.
func prepare(ctx context.Context, c Config, dialect goose.Dialect, connector driver.Connector, log *slog.Logger) error {
	db := sql.OpenDB(connector)
	defer db.Close()
	if err := wait(ctx, db, c, log); err != nil {
		return err
	}
	if err := migrate(ctx, db, dialect, c.Migrations); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}
