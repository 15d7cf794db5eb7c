package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"testing"
)

// kept opens a pool of one connection that keeps its statements, and returns how many it has prepared so far.
func kept(t *testing.T) (db *sql.DB, prepared func() int) {
	t.Helper()
	inner, err := openSQLite(t.TempDir(), "things")
	if err != nil {
		t.Fatal(err)
	}
	count := new(int)
	db = sql.OpenDB(keepStatements(counter{inner, count}))
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	if _, err := db.Exec("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)"); err != nil {
		t.Fatal(err)
	}
	return db, func() int { return *count }
}

// A counter is a connector that counts what its connections prepare.
type counter struct {
	driver.Connector
	prepared *int
}

func (c counter) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return countingConn{inner.(sqliteConn), c.prepared}, nil
}

type countingConn struct {
	sqliteConn
	prepared *int
}

func (c countingConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	*c.prepared++
	return c.sqliteConn.PrepareContext(ctx, query)
}

func number(t *testing.T, db *sql.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := db.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// A statement is prepared once, gives the result of each run's parameters, and notices a change of the schema.
func TestStatementsAreKept(t *testing.T) {
	db, prepared := kept(t)
	before := prepared()
	for i := range 10 {
		if _, err := db.Exec("INSERT INTO things VALUES ($1, $2)", i, fmt.Sprint("thing ", i)); err != nil {
			t.Fatal(err)
		}
		if got := number(t, db, "SELECT COUNT(*) FROM things WHERE id >= $1", i); got != 1 {
			t.Errorf("got %d things from %d, want 1", got, i)
		}
	}
	if got := prepared() - before; got != 2 {
		t.Errorf("prepared %d statements for 20 runs of two, want 2", got)
	}
	if _, err := db.Exec("DROP TABLE things; CREATE TABLE things (name TEXT, id INTEGER)"); err != nil {
		t.Fatal(err)
	}
	if got := number(t, db, "SELECT COUNT(*) FROM things WHERE id >= $1", 0); got != 0 {
		t.Errorf("got %d things in the new table, want none", got)
	}
}

// A query can run again while its rows are being read.
func TestStatementTwiceAtOnce(t *testing.T) {
	db, _ := kept(t)
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	const query = "SELECT 1 UNION ALL SELECT 2"
	outer, err := tx.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer outer.Close()
	total := 0
	for outer.Next() {
		inner, err := tx.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		for inner.Next() {
			total++
		}
		inner.Close()
	}
	if total != 4 || outer.Err() != nil {
		t.Errorf("got %d rows and %v, want 4: two for each of two", total, outer.Err())
	}
}

// A connection keeps no more statements than it may, and none that failed.
func TestStatementsAreBounded(t *testing.T) {
	db, _ := kept(t)
	for i := range 2 * maxStatements {
		if got := number(t, db, fmt.Sprintf("SELECT %d", i)); got != i {
			t.Errorf("got %d, want %d", got, i)
		}
	}
	const duplicate = "INSERT INTO things VALUES (1, NULL), (1, NULL)"
	for range 2 {
		if _, err := db.Exec(duplicate); err == nil {
			t.Error("got no error, want a duplicate")
		}
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Raw(func(c any) error {
		free := c.(*keeping).free
		if n := len(free); n != maxStatements {
			t.Errorf("got %d statements, want the maximum of %d", n, maxStatements)
		}
		if _, ok := free[duplicate]; ok {
			t.Error("got the statement that failed")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
