package fault

import (
	"context"
	"database/sql/driver"
)

// Connector returns a connector whose queries are slowed by latency for that target, such as "inventory.db". It belongs
// below the connector that makes spans, so that the spans include the delay.
func Connector(inner driver.Connector, target string) driver.Connector {
	return connector{inner, target}
}

type connector struct {
	driver.Connector
	target string
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return conn{inner.(Conn), c.target}, nil
}

// A Conn is what both drivers offer, and what [Connector] needs. database/sql would not see it behind a plain [driver.Conn].
type Conn interface {
	driver.Conn
	driver.QueryerContext
	driver.ExecerContext
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.Pinger
	driver.SessionResetter
}

type conn struct {
	Conn
	target string
}

func (c conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := Slow(ctx, c.target); err != nil {
		return nil, err
	}
	return c.Conn.QueryContext(ctx, query, args)
}

func (c conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := Slow(ctx, c.target); err != nil {
		return nil, err
	}
	return c.Conn.ExecContext(ctx, query, args)
}

// The methods below are those that only one of the drivers has.

func (c conn) IsValid() bool {
	if v, ok := c.Conn.(driver.Validator); ok {
		return v.IsValid()
	}
	return true
}

func (c conn) CheckNamedValue(v *driver.NamedValue) error {
	if k, ok := c.Conn.(driver.NamedValueChecker); ok {
		return k.CheckNamedValue(v)
	}
	return driver.ErrSkip
}
