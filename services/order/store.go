package order

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"spanwise/internal/database"
	"spanwise/internal/problem"
	"spanwise/inventory"
	"spanwise/pricing"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the schema and the first hundred orders.
var Migrations, _ = fs.Sub(files, "migrations")

// store is the SQL of the service.
type store struct{ db *database.DB }

// row is an order as it is stored.
type row struct {
	Order
	created int64 // ms since the epoch
	charged sql.NullInt64
	digest  string
}

const columns = "id, customer, status, created_at, charged_cents, digest"

func (r *row) fields() []any {
	return []any{&r.ID, &r.Customer, &r.Status, &r.created, &r.charged, &r.digest}
}

func (r *row) order() Order {
	o := r.Order
	o.CreatedAt = time.UnixMilli(r.created).UTC()
	if r.charged.Valid {
		money := pricing.Euros(r.charged.Int64)
		o.Charged = &money
	}
	return o
}

func (s store) order(ctx context.Context, id int64) (Order, error) {
	all, err := s.query(ctx, "WHERE id = $1", id)
	if err != nil {
		return Order{}, err
	}
	if len(all) == 0 {
		return Order{}, problem.NotFound("no such order: %d", id)
	}
	return all[0], s.addLines(ctx, all)
}

// byKey returns the order that was placed under an idempotency key.
func (s store) byKey(ctx context.Context, key, digest string) (Order, error) {
	rows, err := database.Query(ctx, s.db, (*row).fields, "SELECT "+columns+" FROM orders WHERE idempotency_key = $1", key)
	switch {
	case err != nil:
		return Order{}, err
	case len(rows) == 0:
		return Order{}, problem.NotFound("no order under this key")
	case rows[0].digest != digest:
		return Order{}, errKeyReused
	}
	o := rows[0].order()
	o.Lines, err = s.lines(ctx, o.ID)
	return o, err
}

func (s store) list(ctx context.Context, customer string, after int64, limit int) ([]Order, error) {
	if customer == "" {
		return s.query(ctx, "WHERE id > $1 ORDER BY id LIMIT $2", after, limit)
	}
	return s.query(ctx, "WHERE customer = $1 AND id > $2 ORDER BY id LIMIT $3", customer, after, limit)
}

func (s store) search(ctx context.Context, q string, limit int) ([]Order, error) {
	return s.query(ctx, "WHERE LOWER(customer) LIKE LOWER($1) ESCAPE '\\' OR id IN (SELECT order_id FROM order_lines WHERE sku = $2)"+
		" ORDER BY id DESC LIMIT $3", database.Containing(q), q, limit)
}

// query returns the orders that a condition selects, without their lines.
func (s store) query(ctx context.Context, where string, args ...any) ([]Order, error) {
	rows, err := database.Query(ctx, s.db, (*row).fields, "SELECT "+columns+" FROM orders "+where, args...)
	if err != nil {
		return nil, err
	}
	orders := make([]Order, len(rows))
	for i := range rows {
		orders[i] = rows[i].order()
	}
	return orders, nil
}

// addLines reads the lines of orders.
func (s store) addLines(ctx context.Context, orders []Order) error {
	if len(orders) == 0 {
		return nil
	}
	ids := make([]int64, len(orders))
	at := make(map[int64]*Order, len(orders))
	for i := range orders {
		ids[i] = orders[i].ID
		at[orders[i].ID] = &orders[i]
	}
	type line struct {
		order int64
		inventory.Line
	}
	list, args := database.In(ids)
	lines, err := database.Query(ctx, s.db, func(l *line) []any { return []any{&l.order, &l.SKU, &l.Quantity} },
		"SELECT order_id, sku, quantity FROM order_lines WHERE order_id IN ("+list+") ORDER BY order_id, line_no", args...)
	for _, l := range lines {
		at[l.order].Lines = append(at[l.order].Lines, l.Line)
	}
	return err
}

func (s store) lines(ctx context.Context, id int64) ([]inventory.Line, error) {
	return database.Query(ctx, s.db, func(l *inventory.Line) []any { return []any{&l.SKU, &l.Quantity} },
		"SELECT sku, quantity FROM order_lines WHERE order_id = $1 ORDER BY line_no", id)
}

// nextID takes the next order number. If its order fails, the number is not used again.
func (s store) nextID(ctx context.Context) (int64, error) {
	ids, err := database.Query(ctx, s.db, func(id *int64) []any { return []any{id} },
		"UPDATE order_numbers SET next = next + 1 RETURNING next - 1")
	if err != nil {
		return 0, err
	}
	if len(ids) != 1 {
		return 0, fmt.Errorf("table order_numbers has %d rows instead of 1", len(ids))
	}
	return ids[0], nil
}

// insert stores an order instead of the release of its reservation. If that has begun, it is too late.
func (s store) insert(ctx context.Context, o Order, c claim, m *mail) error {
	return database.Tx(ctx, s.db, func(tx database.Querier) error {
		n, err := database.Exec(ctx, tx, "DELETE FROM releases WHERE order_id = $1 AND attempts = 0", o.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return problem.Unavailable("placing the order took longer than %v; try again", lease)
		}
		_, err = database.Exec(ctx, tx, "INSERT INTO orders ("+columns+", idempotency_key) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			o.ID, o.Customer, o.Status, o.CreatedAt.UnixMilli(), o.Charged.Cents, c.digest, nullable(c.key))
		if err != nil {
			return err
		}
		list, args := database.Values(o.Lines, "($%d, $%d, $%d, $%d)", func(i int, l inventory.Line) []any {
			return []any{o.ID, i + 1, l.SKU, l.Quantity}
		})
		_, err = database.Exec(ctx, tx, "INSERT INTO order_lines (order_id, line_no, sku, quantity) VALUES "+list, args...)
		if err != nil {
			return err
		}
		return insertMail(ctx, tx, m)
	})
}

// cancel cancels the order if its status is placed, and reports whether it was. The release of its stock has then begun.
func (s store) cancel(ctx context.Context, id int64) (first bool, err error) {
	err = database.Tx(ctx, s.db, func(tx database.Querier) error {
		n, err := database.Exec(ctx, tx, "UPDATE orders SET status = 'cancelled' WHERE id = $1 AND status = 'placed'", id)
		if err != nil || n == 0 {
			return err
		}
		first = true
		_, err = database.Exec(ctx, tx, "INSERT INTO releases (order_id, due_at, attempts) VALUES ($1, $2, 1)", id, release{}.retryAt().UnixMilli())
		return err
	})
	return first, err
}
