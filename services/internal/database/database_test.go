package database

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"spanwise/internal/database/databasetest"
	"spanwise/internal/problem"
	"spanwise/internal/spantest"
)

var schema = fstest.MapFS{
	"00001_schema.sql": {Data: []byte("-- +goose Up\nCREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE);\n")},
	"00002_seed.sql":   {Data: []byte("-- +goose Up\nINSERT INTO things (id, name) VALUES (1, 'one'), (2, 'two');\n")},
}

func open(t *testing.T, url, dir string, migrations fs.FS) (*DB, error) {
	t.Helper()
	return openWithin(t, time.Minute, url, dir, migrations)
}

func openWithin(t *testing.T, wait time.Duration, url, dir string, migrations fs.FS) (*DB, error) {
	t.Helper()
	config := Config{Service: "things", URL: url, Dir: dir, Wait: wait, Migrations: migrations}
	db, err := Open(t.Context(), config, spantest.New().Telemetry("things", t.Output()))
	if err == nil {
		t.Cleanup(func() { db.Close() })
	}
	return db, err
}

func names(t *testing.T, q Querier) string {
	t.Helper()
	all, err := Query(t.Context(), q, func(s *string) []any { return []any{s} }, "SELECT name FROM things ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

// A database is migrated once, however often it is opened; queries, statements and transactions work the same in both kinds.
func TestOpenAndQuery(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		url, dir := newURL(), t.TempDir()
		for range 2 {
			db, err := open(t, url, dir, schema)
			if err != nil {
				t.Fatal(err)
			}
			if got := names(t, db); got != "one two" {
				t.Fatalf("got %q, want the seed once", got)
			}
		}
		db, err := open(t, url, dir, schema)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := Exec(t.Context(), db, "UPDATE things SET name = name || $1 WHERE id > $2", "!", 0); n != 2 || err != nil {
			t.Errorf("got %d, %v, want 2 rows changed", n, err)
		}
		err = Tx(t.Context(), db, func(tx Querier) error {
			if _, err := Exec(t.Context(), tx, "DELETE FROM things"); err != nil {
				return err
			}
			return problem.New(409, "no")
		})
		if !problem.Is(err, 409) || names(t, db) != "one! two!" {
			t.Errorf("got %v and %q, want the transaction undone", err, names(t, db))
		}
		_, err = Exec(t.Context(), db, "INSERT INTO things (id, name) VALUES ($1, $2)", 1, "again")
		if !Duplicate(err) {
			t.Errorf("got %v, want a duplicate", err)
		}
		if _, err = Exec(t.Context(), db, "INSERT INTO things (id, name) VALUES ($1, $2)", 3, "one!"); !Duplicate(err) {
			t.Errorf("got %v, want a duplicate", err)
		}
	})
}

// A database that a newer program has used is left alone.
func TestNewerDatabase(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		url, dir := newURL(), t.TempDir()
		newer := fstest.MapFS{"00007_later.sql": {Data: []byte("-- +goose Up\nCREATE TABLE later (id BIGINT);\n")}}
		maps.Copy(newer, schema)
		if _, err := open(t, url, dir, newer); err != nil {
			t.Fatal(err)
		}
		_, err := open(t, url, dir, schema)
		if err == nil || !strings.Contains(err.Error(), "version 7 and this program knows 2: run a newer program") {
			t.Errorf("got %v, want an error that names both versions and what to do", err)
		}
	})
}

// The error of a database that cannot be opened names the setting that helps.
func TestCannotOpen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "things.db"), []byte("this is not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := silent.Addr().String()
	silent.Close() // now the port is closed
	tests := []struct {
		name, url, dir string
		wait           time.Duration
		want           string
	}{
		{"folder cannot be made", "", file + "/below", time.Minute, "DATA_DIR"},
		{"not a database", "", broken, time.Minute, "not a database"},
		{"malformed URL", "postgres://%zz", "", time.Minute, "DATABASE_URL (it looks like postgres://"},
		{"PostgreSQL is down", "postgres://u:secret@" + address + "/d", "", 300 * time.Millisecond, "within 300ms (DATABASE_WAIT)"},
	}
	for _, tt := range tests {
		_, err := openWithin(t, tt.wait, tt.url, tt.dir, schema)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v, want an error with %q and no password", tt.name, err, tt.want)
		}
	}
}

// A database that goes down while the service runs is a 503 that says when to try again, and comes back by itself.
func TestLostDatabase(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		url := newURL()
		if url == "" {
			t.Skip("SQLite is a file and does not go away")
		}
		db, err := open(t, url, "", schema)
		if err != nil {
			t.Fatal(err)
		}
		err = Tx(t.Context(), db, func(tx Querier) error {
			_, err := Exec(t.Context(), tx, "SELECT pg_terminate_backend(pg_backend_pid())")
			return err
		})
		p := problem.From(err)
		if p.Status != http.StatusServiceUnavailable || p.RetryAfter == 0 {
			t.Errorf("got %v, want 503 with Retry-After", err)
		}
		if got := names(t, db); got != "one two" {
			t.Errorf("got %q, want it back", got)
		}
	})
}

// A query gives its connection back, also if it is wrong.
func TestQueryReleasesItsConnection(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		db, err := open(t, newURL(), t.TempDir(), schema)
		if err != nil {
			t.Fatal(err)
		}
		read := func(query string) ([]string, error) {
			return Query(t.Context(), db, func(s *string) []any { return []any{s} }, query)
		}
		if got, err := read("SELECT name FROM things ORDER BY id"); err != nil || strings.Join(got, " ") != "one two" || db.Stats().InUse != 0 {
			t.Errorf("got %q, %v and %d connections in use, want one, two, and none", got, err, db.Stats().InUse)
		}
		if got, err := read("SELECT nothing FROM things"); err == nil || db.Stats().InUse != 0 {
			t.Errorf("got %q, %v and %d connections in use, want an error, and none", got, err, db.Stats().InUse)
		}
		if got, err := read("SELECT NULL FROM things"); err == nil || db.Stats().InUse != 0 {
			t.Errorf("got %q, %v and %d connections in use, want an error, and none", got, err, db.Stats().InUse)
		}
	})
}

// All connections of both pools are open before the first request, so that no request of a burst must open one.
func TestOpenFillsThePools(t *testing.T) {
	db, err := open(t, "", t.TempDir(), schema)
	if err != nil {
		t.Fatal(err)
	}
	if n, single := db.Stats().Idle, db.single.Stats().Idle; n != Connections || single != 1 {
		t.Errorf("got %d and %d connections, want %d and 1", n, single, Connections)
	}
}

// A busy SQLite file is a 503, not a 500.
func TestBusySQLite(t *testing.T) {
	dir := t.TempDir()
	db, err := open(t, "", dir, schema)
	if err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "things.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	db.SetMaxOpenConns(1) // that of the pragma
	if _, err := db.ExecContext(t.Context(), "PRAGMA busy_timeout = 1"); err != nil {
		t.Fatal(err)
	}
	tx, err := other.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("DELETE FROM things"); err != nil {
		t.Fatal(err)
	}
	_, err = Exec(t.Context(), db, "DELETE FROM things")
	if p := problem.From(err); p.Status != http.StatusServiceUnavailable {
		t.Errorf("got %v, want 503", err)
	}
}

// A query is named by what it does to which table.
func TestSummary(t *testing.T) {
	tests := map[string]string{
		"":                               "",
		"SELECT":                         "",
		"SELECT a, b FROM stock WHERE x": "SELECT stock",
		"INSERT INTO orders(id) VALUES":  "INSERT orders",
		"DELETE FROM orders;":            "DELETE orders",
		"UPDATE stock SET a = 1 FROM b":  "UPDATE stock",
		"SELECT 1 + 1":                   "SELECT",
		"INSERT INTO a SELECT * FROM b":  "INSERT a",
		"INSERT INTO a VALUES (1) ON CONFLICT DO UPDATE SET b = 1":          "INSERT a",
		"WITH l (a) AS (VALUES ($1)) UPDATE stock SET x = 1 FROM l WHERE y": "UPDATE stock",
	}
	for query, want := range tests {
		if got := summary(query); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}

// Lists of parameters are numbered consecutively, and have a value for each.
func TestValues(t *testing.T) {
	list, values := In([]string{"a", "b"})
	if want := "$1, $2 [a b]"; fmt.Sprint(list, " ", values) != want {
		t.Errorf("got %s %v, want %s", list, values, want)
	}
	list, values = Values([]string{"a", "b"}, "($%d, $%d)", func(i int, s string) []any { return []any{i, s} })
	if want := "($1, $2), ($3, $4) [0 a 1 b]"; fmt.Sprint(list, " ", values) != want {
		t.Errorf("got %s %v, want %s", list, values, want)
	}
}

// Health probes, and other queries that belong to no trace, make no trace of their own; queries of a trace are spans of it.
func TestOnlyTracesHaveSpans(t *testing.T) {
	spans := spantest.New()
	tel := spans.Telemetry("things", t.Output())
	db, err := Open(t.Context(), Config{Service: "things", Dir: t.TempDir(), Wait: time.Minute, Migrations: schema}, tel)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := spans.Tree(); got != "" {
		t.Errorf("got\n%swant no span", got)
	}
	ctx, span := tel.Traces.Tracer("").Start(t.Context(), "work")
	if _, err := Exec(ctx, db, "DELETE FROM things"); err != nil {
		t.Fatal(err)
	}
	span.End()
	if got := spans.Tree(); strings.Count(got, "\n") != 2 || !strings.Contains(got, "DELETE things") {
		t.Errorf("got\n%swant the statement below the work", got)
	}
}
