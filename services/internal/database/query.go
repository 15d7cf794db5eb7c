package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
)

// A Querier is a *DB or a transaction.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Query returns all rows of a query. fields gives the places in a T to scan a row's columns into.
// No rows are an empty slice, not an error. A database that cannot be reached is a problem with status 503.
func Query[T any](ctx context.Context, q Querier, fields func(*T) []any, query string, args ...any) ([]T, error) {
	return Collect(Rows(ctx, q, fields, query, args...))
}

// Collect returns the rows that a loop over them gives, or the error that ends it.
func Collect[T any](rows iter.Seq2[T, error]) ([]T, error) {
	all := []T{}
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, nil
}

// Rows is Query for rows that need not be in memory all at once: each is read when a loop comes to it. The query lasts as
// long as the loop, which an error ends.
func Rows[T any](ctx context.Context, q Querier, fields func(*T) []any, query string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := eachRow(ctx, q, query, args, func(rows *sql.Rows) (more bool, err error) {
			var row T
			if err := rows.Scan(fields(&row)...); err != nil {
				return false, err
			}
			return yield(row, nil), nil
		})
		if err != nil {
			yield(*new(T), err)
		}
	}
}

// eachRow runs a query and calls f at each of its rows as long as it wants more.
func eachRow(ctx context.Context, q Querier, query string, args []any, f func(*sql.Rows) (more bool, err error)) error {
	q, release, err := acquire(ctx, q)
	if err != nil {
		return named(err)
	}
	defer release()
	ctx, reading := withReading(ctx)
	defer reading.end()
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return named(err)
	}
	defer rows.Close()
	n := 0
	defer func() { reading.returned(n) }()
	for rows.Next() {
		n++
		if more, err := f(rows); err != nil || !more {
			return err
		}
	}
	return named(rows.Err())
}

// Exec runs a statement and returns how many rows it changed.
func Exec(ctx context.Context, q Querier, query string, args ...any) (int64, error) {
	q, release, err := acquire(ctx, q)
	if err != nil {
		return 0, named(err)
	}
	defer release()
	result, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, named(err)
	}
	return result.RowsAffected()
}

// Tx runs f in a transaction: all of it takes place if f returns nil, and nothing otherwise.
func Tx(ctx context.Context, db *DB, f func(Querier) error) error {
	r, release, err := db.acquire(ctx)
	if err != nil {
		return named(err)
	}
	defer release()
	tx, err := r.BeginTx(ctx, nil)
	if err != nil {
		return named(err)
	}
	if err := f(tx); err != nil {
		if undo := tx.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) {
			return errors.Join(err, undo)
		}
		return err
	}
	return named(tx.Commit())
}

// List returns n rows of parameters, numbered from first, each row formatted from width parameters:
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

// Containing is the pattern of a LIKE … ESCAPE '\' that finds text anywhere; its % and _ are but characters.
func Containing(text string) string { return "%" + escapeLike.Replace(text) + "%" }

var escapeLike = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
