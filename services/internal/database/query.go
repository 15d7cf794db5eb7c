package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// A Querier is a *DB or a transaction.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Query returns all rows of a query. fields returns the places in a T that the columns of a row are scanned into. No rows
// are an empty slice, not an error. A database that cannot be reached is a problem with status 503. The span of the query
// ends when the last row has been read.
func Query[T any](ctx context.Context, q Querier, fields func(*T) []any, query string, args ...any) ([]T, error) {
	q, release, err := acquire(ctx, q)
	if err != nil {
		return nil, unavailable(err)
	}
	defer release()
	ctx, reading := withReading(ctx)
	defer reading.end()
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	all := []T{}
	defer func() { reading.returned(len(all)) }()
	for rows.Next() {
		var row T
		if err := rows.Scan(fields(&row)...); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		return nil, unavailable(err)
	}
	return all, nil
}

// Exec runs a statement and returns how many rows it changed.
func Exec(ctx context.Context, q Querier, query string, args ...any) (int64, error) {
	q, release, err := acquire(ctx, q)
	if err != nil {
		return 0, unavailable(err)
	}
	defer release()
	result, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, unavailable(err)
	}
	return result.RowsAffected()
}

// Tx runs f in a transaction, which it commits if f returns nil and rolls back otherwise.
func Tx(ctx context.Context, db *DB, f func(Querier) error) error {
	r, release, err := db.acquire(ctx)
	if err != nil {
		return unavailable(err)
	}
	defer release()
	tx, err := r.BeginTx(ctx, nil)
	if err != nil {
		return unavailable(err)
	}
	if err := f(tx); err != nil {
		if undo := tx.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) {
			return errors.Join(err, undo)
		}
		return err
	}
	return unavailable(tx.Commit())
}

// List returns n rows of parameters, numbered from first, each formatted as row:
// List(2, 1, "$%d") is "$1, $2" and List(2, 1, "($%d, $%d)") is "($1, $2), ($3, $4)".
func List(n, first int, row string) string {
	width := strings.Count(row, "%d")
	rows := make([]string, n)
	for i := range rows {
		numbers := make([]any, width)
		for j := range numbers {
			numbers[j] = first + i*width + j
		}
		rows[i] = fmt.Sprintf(row, numbers...)
	}
	return strings.Join(rows, ", ")
}

// Containing returns the pattern for LIKE … ESCAPE '\' that finds text anywhere; % and _ in it are literal.
func Containing(text string) string { return "%" + escapeLike.Replace(text) + "%" }

var escapeLike = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
