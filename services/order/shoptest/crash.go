package shoptest

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"sync"
	"time"

	"spanwise/internal/database"
	"spanwise/internal/fault"
	"spanwise/order"
)

// A Crash happens to an instance of the order service, at one of its steps. Steps are calls of other services, SQL
// statements, and the beginnings and commits of transactions, counted from 1 in the order in which they begin. A Crash is
// safe for concurrent use.
type Crash struct {
	Step int // 0 is never
	// Silent lets the step happen, and only its answer gets lost; the instance lives on. Otherwise neither this step nor a later
	// one has any effect, as if the process had been killed.
	Silent bool
	Pauses map[int]time.Duration // before steps; they stop the process, whatever its contexts say

	mu    sync.Mutex
	begun int
}

var errCrash = errors.New("shoptest: crashed")

// Happened reports whether the instance came as far as to the step.
func (c *Crash) Happened() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.begun >= c.Step
}

// begin begins a step, and returns the errors to return before and after it.
func (c *Crash) begin() (before, after error) {
	c.mu.Lock()
	c.begun++
	step := c.begun
	c.mu.Unlock()
	time.Sleep(c.Pauses[step])
	switch {
	case c.Step == 0 || step < c.Step:
		return nil, nil
	case !c.Silent:
		return errCrash, nil
	case step == c.Step:
		return nil, errCrash
	}
	return nil, nil
}

// Orders returns another instance of the order service, on the shop's database, to which a crash happens unless it is nil.
func (s *Shop) Orders(c *Crash) *order.Service {
	s.t.Helper()
	config, network := s.config, s.transport()
	if c != nil {
		network = c.network(network)
		config.WrapConnector = func(inner driver.Connector) driver.Connector { return crashConnector{inner, c} }
	}
	config.Size = 4 // a test may have many instances
	db := s.openAgain(config)
	db.SetMaxIdleConns(1)
	return s.orders(db, network, s.Spans.Telemetry("order", io.Discard))
}

// Older replaces the database of orders with a new one that has only those migrations, as an earlier version of the program
// left it. Only [Shop.Orders], which runs the others, and [Shop.Releases] use it.
func (s *Shop) Older(migrations fs.FS) *database.DB {
	s.t.Helper()
	s.config.URL, s.config.Dir = s.newURL(), s.t.TempDir()
	older := s.config
	older.Migrations = migrations
	s.placed = s.openAgain(older)
	return s.placed
}

// network opens a connection for each call, so that each is a step.
func (c *Crash) network(inner *http.Transport) *http.Transport {
	return &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		before, after := c.begin()
		if before != nil {
			return nil, before
		}
		conn, err := inner.DialContext(ctx, network, addr)
		if err == nil && after != nil {
			conn = deaf{conn, after}
		}
		return conn, err
	}}
}

// A deaf connection fails when an answer arrives.
type deaf struct {
	net.Conn
	err error
}

func (d deaf) Read(p []byte) (int, error) {
	if _, err := d.Conn.Read(p); err != nil {
		return 0, err
	}
	return 0, d.err
}

type crashConnector struct {
	driver.Connector
	crash *Crash
}

func (c crashConnector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return crashConn{inner.(fault.Conn), c.crash}, nil
}

type crashConn struct {
	fault.Conn
	crash *Crash
}

func (c crashConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	before, after := c.crash.begin()
	if before != nil {
		return nil, before
	}
	result, err := c.Conn.ExecContext(ctx, query, args)
	return result, errors.Join(err, after)
}

func (c crashConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	before, after := c.crash.begin()
	if before != nil {
		return nil, before
	}
	rows, err := c.Conn.QueryContext(ctx, query, args)
	if err == nil && after != nil {
		rows.Close() // otherwise the connection could not be used again
		return nil, after
	}
	return rows, err
}

func (c crashConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	before, after := c.crash.begin()
	if before != nil {
		return nil, before
	}
	tx, err := c.Conn.BeginTx(ctx, opts)
	if err == nil && after != nil {
		return nil, errors.Join(after, tx.Rollback())
	}
	return crashTx{tx, c.crash}, err
}

func (c crashConn) CheckNamedValue(v *driver.NamedValue) error {
	if k, ok := c.Conn.(driver.NamedValueChecker); ok {
		return k.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

type crashTx struct {
	driver.Tx
	crash *Crash
}

func (t crashTx) Commit() error {
	before, after := t.crash.begin()
	if before != nil {
		t.Tx.Rollback() // as the database does when a connection breaks
		return before
	}
	return errors.Join(t.Tx.Commit(), after)
}

// Releases counts the reservations that are still to be released.
func (s *Shop) Releases() int {
	s.t.Helper()
	ids, err := database.Query(context.Background(), s.placed, func(id *int64) []any { return []any{id} }, "SELECT order_id FROM releases")
	if err != nil {
		s.t.Fatal(err)
	}
	return len(ids)
}
