package database

import (
	"database/sql/driver"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"modernc.org/sqlite"
)

// systems are the names of the databases in the semantic conventions.
var systems = map[goose.Dialect]attribute.KeyValue{
	goose.DialectSQLite3:  semconv.DBSystemNameSQLite,
	goose.DialectPostgres: semconv.DBSystemNamePostgreSQL,
}

func (c Config) connector() (goose.Dialect, driver.Connector, error) {
	if c.URL == "" {
		connector, err := openSQLite(c.Dir, c.Service)
		return goose.DialectSQLite3, connector, err
	}
	connector, err := openPostgres(c.URL)
	return goose.DialectPostgres, connector, err
}

func openSQLite(dir, service string) (driver.Connector, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("create the folder for the database (choose another with DATA_DIR): %w", err)
	}
	file := filepath.Join(dir, service+".db")
	if f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return nil, fmt.Errorf("open the database (choose another folder with DATA_DIR): %w", err)
	} else if err := f.Close(); err != nil {
		return nil, err
	}
	options := url.Values{
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)"},
		"_txlock": {"immediate"}, // otherwise a transaction that reads before it writes can fail when it writes
	}
	address := url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: options.Encode()}
	return sqlite.NewConnector(address.String())
}

// An instance that vanishes inside a transaction, with its machine or its network, leaves its connection to PostgreSQL, and with
// it the locks of the rows that it has changed. After idleTimeout PostgreSQL ends the transaction. A request can delay itself by
// 10 s inside one, and an order keeps its lease for 30 s.
const (
	idleParameter = "idle_in_transaction_session_timeout"
	idleTimeout   = "15s"
)

func openPostgres(dsn string) (driver.Connector, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("read DATABASE_URL (it looks like postgres://user:password@host:5432/name): %w", err)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	if _, set := config.RuntimeParams[idleParameter]; !set {
		config.RuntimeParams[idleParameter] = idleTimeout
	}
	return stdlib.GetConnector(*config), nil
}
