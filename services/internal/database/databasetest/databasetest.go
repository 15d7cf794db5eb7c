// Package databasetest runs a test on each kind of database that a service can have: SQLite, and PostgreSQL if there
// is a server. Call [Each].
package databasetest

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver behind sql.Open
)

// Each runs f as a subtest for each kind of database. newURL creates an empty database and returns its DATABASE_URL; for
// SQLite that is the empty string.
//
// PostgreSQL is tested if TEST_POSTGRES_URL names a server and a user that may create databases.
func Each(t *testing.T, f func(t *testing.T, newURL func() string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, func() string { return "" }) })
	t.Run("postgres", func(t *testing.T) {
		server := os.Getenv("TEST_POSTGRES_URL")
		if server == "" {
			t.Skip("no PostgreSQL: set TEST_POSTGRES_URL=postgres://user:password@host:5432/postgres")
		}
		f(t, func() string { return newDatabase(t, server) })
	})
}

func newDatabase(t *testing.T, server string) string {
	t.Helper()
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%016x", rand.Uint64())
	if _, err := admin.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		admin.Close()
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
