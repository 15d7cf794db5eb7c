package database

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"spanwise/internal/problem"
)

// named turns errors that mean "not now" into a problem that says so; others stay as they are.
func named(err error) error {
	if err != nil && away(err) {
		return problem.New(http.StatusServiceUnavailable, "the database cannot be reached; try again").Because(err).After(time.Second)
	}
	return err
}

// away reports whether an error says that the database is gone, going, or too busy, rather than that a query is wrong.
func away(err error) bool {
	var network net.Error
	var connect *pgconn.ConnectError
	var server *pgconn.PgError
	var lite *sqlite.Error
	switch {
	case errors.As(err, &server):
		// https://www.postgresql.org/docs/current/errcodes-appendix.html: connection exceptions, insufficient
		// resources, operator intervention (shutting down, starting up)
		return strings.HasPrefix(server.Code, "08") || strings.HasPrefix(server.Code, "53") || strings.HasPrefix(server.Code, "57P")
	case errors.As(err, &lite):
		return lite.Code()&0xff == sqlite3.SQLITE_BUSY
	}
	return pgconn.SafeToRetry(err) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.As(err, &connect) || errors.As(err, &network) && !network.Timeout()
}

// Duplicate reports whether a statement failed because a row with that unique key is there already.
func Duplicate(err error) bool {
	var server *pgconn.PgError
	var lite *sqlite.Error
	switch {
	case errors.As(err, &server):
		return server.Code == "23505" // unique_violation
	case errors.As(err, &lite):
		return lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return false
}
