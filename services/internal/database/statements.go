package database

import (
	"context"
	"database/sql/driver"
	"errors"

	"spanwise/internal/fault"
)

// maxStatements is the maximum number of prepared statements that a connection keeps. A service has about ten queries, but
// a list of parameters makes one for each length.
const maxStatements = 32

// maxKept is the length of the longest query that is kept prepared, in bytes: a list of a hundred parameters fits. A longer
// one takes more memory, and is rarely repeated.
const maxKept = 1024

// keepStatements returns a connector whose connections keep prepared statements for the next time. SQLite's driver would
// parse and plan a query each time, which takes as long as running it; PostgreSQL's driver keeps them by itself.
func keepStatements(inner driver.Connector) driver.Connector { return keeper{inner} }

type keeper struct{ driver.Connector }

func (k keeper) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &keeping{sqliteConn: inner.(sqliteConn), free: make(map[string]statement)}, nil
}

// A sqliteConn is what SQLite's driver offers.
type sqliteConn interface {
	fault.Conn
	driver.Validator
}

// A statement is a prepared one of SQLite's driver.
type statement interface {
	driver.Stmt
	driver.StmtQueryContext
	driver.StmtExecContext
}

// A keeping connection keeps prepared statements. Like any connection of a driver, it is used by one goroutine at a time.
type keeping struct {
	sqliteConn
	free map[string]statement // by query; those whose rows are being read are not in it
}

func (c *keeping) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		_ = s.Close() // would report the same error
		return nil, err
	}
	return &keptRows{rows, c, query, s}, nil
}

func (c *keeping) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	if err != nil {
		_ = s.Close()
		return nil, err
	}
	return result, c.keep(query, s)
}

// take returns a prepared statement that is used for nothing else.
func (c *keeping) take(ctx context.Context, query string) (statement, error) {
	if s, ok := c.free[query]; ok {
		delete(c.free, query)
		return s, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.(statement), nil
}

// keep keeps a statement for the next time. If there are too many, it closes another one.
func (c *keeping) keep(query string, s statement) error {
	if _, twice := c.free[query]; twice || len(query) > maxKept {
		return s.Close()
	}
	var err error
	if len(c.free) >= maxStatements {
		err = c.closeOne()
	}
	c.free[query] = s
	return err
}

// closeOne closes any statement: a map has no order.
func (c *keeping) closeOne() error {
	for query, s := range c.free {
		delete(c.free, query)
		return s.Close()
	}
	return nil
}

// Close closes the statements and the connection.
func (c *keeping) Close() error {
	var errs []error
	for len(c.free) > 0 {
		errs = append(errs, c.closeOne())
	}
	return errors.Join(append(errs, c.sqliteConn.Close())...)
}

// keptRows are the rows of a statement that is kept when they are closed.
type keptRows struct {
	driver.Rows
	conn      *keeping
	query     string
	statement statement
}

func (r *keptRows) Close() error {
	if err := r.Rows.Close(); err != nil {
		_ = r.statement.Close()
		return err
	}
	return r.conn.keep(r.query, r.statement)
}
