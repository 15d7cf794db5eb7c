package database

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"spanwise/internal/problem"
)

// unavailable turns an error that means "not now" into a problem that says so, and returns other errors as they are.
func unavailable(err error) error {
	if err != nil && isUnavailable(err) {
		return problem.Unavailable("the database cannot be reached; try again").Because(err)
	}
	return err
}

// isUnavailable reports whether an error means that the database is down, shutting down, or too busy, and not that a
// query is wrong.
func isUnavailable(err error) bool {
	var network net.Error
	var connect *pgconn.ConnectError
	var server *pgconn.PgError
	var lite *sqlite.Error
	switch {
	case errors.As(err, &server):
		// https://www.postgresql.org/docs/current/errcodes-appendix.html: connection exceptions, insufficient
		// resources, operator intervention (shutting down, starting up), a deadlock, a transaction that was idle for too long
		return strings.HasPrefix(server.Code, "08") || strings.HasPrefix(server.Code, "53") || strings.HasPrefix(server.Code, "57P") ||
			server.Code == "40P01" || server.Code == "25P03"
	case errors.As(err, &lite):
		return lite.Code()&0xff == sqlite3.SQLITE_BUSY
	}
	return pgconn.SafeToRetry(err) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.As(err, &connect) || errors.As(err, &network) && !network.Timeout()
}

// Duplicate reports whether a statement failed because there is a row with that unique key already.
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
