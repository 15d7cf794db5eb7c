package database

import (
	"database/sql"
	"database/sql/driver"

	"github.com/XSAM/otelsql"
	"go.opentelemetry.io/otel/attribute"

	"spanwise/internal/telemetry"
)

// instrument returns a connector whose connections make spans and measurements, unless telemetry is disabled.
func instrument(inner driver.Connector, system attribute.KeyValue, tel *telemetry.Telemetry) (driver.Connector, error) {
	if !tel.Enabled() {
		return inner, nil
	}
	t, err := newTracing(system, tel)
	return tracedConnector{inner, t}, err
}

// pool opens a pool of that many connections.
func pool(connector driver.Connector, size int) *sql.DB {
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db
}

// countConnections makes metrics of a pool: connections in use, waits.
func countConnections(db *sql.DB, system attribute.KeyValue, tel *telemetry.Telemetry) error {
	if !tel.Enabled() {
		return nil
	}
	_, err := otelsql.RegisterDBStatsMetrics(db, otelsql.WithMeterProvider(tel.Metrics), otelsql.WithAttributes(system))
	return err
}
