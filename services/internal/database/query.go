package database

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
)

// A Querier is a *DB or a transaction.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Query returns all rows of a query. fields returns the places in a T that the columns of each row are scanned into. No rows
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
	var row T
	places := fields(&row) // once, because a row has a place for each column
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			reading.failed(err)
			return nil, err
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		reading.failed(err)
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

// Values returns a list of parameters, numbered from 1, and their values: for each item a row like row, of the values
// that fields returns. The list is "$1, $2" for two items and the row "$%d", and "($1, $2), ($3, $4)" for "($%d, $%d)".
func Values[T any](items []T, row string, fields func(i int, item T) []any) (list string, values []any) {
	parts := strings.Split(row, "%d")
	var text strings.Builder
	for i, item := range items {
		if i > 0 {
			text.WriteString(", ")
		}
		for j, part := range parts {
			if j > 0 {
				text.WriteString(strconv.Itoa(i*(len(parts)-1) + j))
			}
			text.WriteString(part)
		}
		values = append(values, fields(i, item)...)
	}
	return text.String(), values
}

// In is Values for a condition such as "sku IN (" + list + ")".
func In[T any](items []T) (list string, values []any) {
	return Values(items, "$%d", func(_ int, item T) []any { return []any{item} })
}

// Containing returns the pattern for LIKE … ESCAPE '\' that finds text anywhere; % and _ in it are literal.
func Containing(text string) string { return "%" + escapeLike.Replace(text) + "%" }

var escapeLike = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
