package database

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/fstest"

	"spanwise/internal/database/databasetest"
	"spanwise/internal/problem"
)

// postgres runs f with an empty database of PostgreSQL, which several instances can share.
func postgres(t *testing.T, f func(t *testing.T, url string)) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		url := newURL()
		if url == "" {
			t.Skip("instances that start at once need PostgreSQL")
		}
		f(t, url)
	})
}

// However many instances start at once on an empty database, it is migrated once, and all of them can use it.
func TestManyStarters(t *testing.T) {
	postgres(t, func(t *testing.T, url string) {
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				db, err := open(t, url, "", schema)
				if err != nil {
					t.Error(err)
				} else if got := names(t, db); got != "one two" {
					t.Errorf("got %q, want the seed once", got)
				}
			})
		}
		all.Wait()
	})
}

// If the instance that migrates dies in the middle of a migration, another one does it again, from its beginning.
func TestStarterDies(t *testing.T) {
	postgres(t, func(t *testing.T, url string) {
		slow := fstest.MapFS{"00001_schema.sql": schema["00001_schema.sql"], "00002_seed.sql": {Data: []byte(
			"-- +goose Up\nINSERT INTO things (id, name) VALUES (1, 'one');\nSELECT pg_sleep(1);\nINSERT INTO things (id, name) VALUES (2, 'two');\n")}}
		var all sync.WaitGroup
		var mu sync.Mutex
		var failed []error
		for range 3 {
			all.Go(func() {
				db, err := open(t, url, "", slow)
				if err == nil {
					if got := names(t, db); got != "one two" {
						t.Errorf("got %q, want the seed once", got)
					}
					return
				}
				mu.Lock()
				defer mu.Unlock()
				failed = append(failed, err)
			})
		}
		kill(t, url, "SELECT pg_sleep(1)%")
		all.Wait()
		if len(failed) != 1 {
			t.Errorf("got the errors %v, want one, of the instance that died", failed)
		}
	})
}

// kill ends the connection that runs a query like this, once there is one.
func kill(t *testing.T, url, like string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for n := 0; n == 0; {
		const query = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE state = 'active' AND query LIKE $1 AND pid <> pg_backend_pid()"
		if err := db.QueryRowContext(t.Context(), query, like).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
}

// A transaction whose instance has vanished does not hold its locks for ever, and an instance that has only been slow is told to
// try again.
func TestVanishedInTransaction(t *testing.T) {
	postgres(t, func(t *testing.T, url string) {
		vanished, err := open(t, url+"?idle_in_transaction_session_timeout=200", "", schema)
		if err != nil {
			t.Fatal(err)
		}
		other, err := open(t, url, "", schema)
		if err != nil {
			t.Fatal(err)
		}
		locked, taken, done := make(chan struct{}), make(chan struct{}), make(chan error)
		go func() {
			done <- Tx(context.Background(), vanished, func(tx Querier) error {
				_, err := Exec(context.Background(), tx, "UPDATE things SET name = 'vanished' WHERE id = 1")
				close(locked)
				<-taken
				_, later := Exec(context.Background(), tx, "UPDATE things SET name = 'vanished' WHERE id = 2")
				return errors.Join(err, later)
			})
		}()
		<-locked
		if n, err := Exec(t.Context(), other, "UPDATE things SET name = 'next' WHERE id = 1"); n != 1 || err != nil {
			t.Errorf("got %d, %v, want the row", n, err)
		}
		close(taken)
		if err := <-done; !problem.Is(err, http.StatusServiceUnavailable) {
			t.Errorf("got %v from the transaction that was idle, want 503", err)
		}
		if got := names(t, other); got != "next two" {
			t.Errorf("got %q, want nothing of the transaction that was idle", got)
		}
	})
}
