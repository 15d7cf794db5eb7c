package inventory

import (
	"context"
	"embed"
	"io/fs"
	"slices"

	"spanwise/internal/database"
	"spanwise/internal/problem"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the schema and the first stock.
var Migrations, _ = fs.Sub(files, "migrations")

// store is the inventory's SQL.
type store struct{ db *database.DB }

func (s store) stock(ctx context.Context, skus []string) ([]Stock, error) {
	return stockIn(ctx, s.db, skus)
}

func stockIn(ctx context.Context, q database.Querier, skus []string) ([]Stock, error) {
	list, args := database.In(skus)
	return database.Query(ctx, q, fields, "SELECT sku, available FROM stock WHERE sku IN ("+list+")", args...)
}

func fields(s *Stock) []any { return []any{&s.SKU, &s.Available} }

// reserve expects the lines sorted by SKU: orders that race then lock rows in the same order.
func (s store) reserve(ctx context.Context, r Reservation) error {
	return database.Tx(ctx, s.db, func(tx database.Querier) error {
		n, err := database.Exec(ctx, tx,
			"INSERT INTO reservations (order_id, state) VALUES ($1, 'held') ON CONFLICT (order_id) DO NOTHING", r.Order)
		if err != nil {
			return err
		}
		if n == 0 {
			return again(ctx, tx, r)
		}
		if err := take(ctx, tx, r.Lines); err != nil {
			return err
		}
		list, args := database.Values(r.Lines, "($%d, $%d, $%d)", func(_ int, l Line) []any {
			return []any{r.Order, l.SKU, l.Quantity}
		})
		_, err = database.Exec(ctx, tx, "INSERT INTO reservation_lines (order_id, sku, quantity) VALUES "+list, args...)
		return err
	})
}

// take lowers the stock by all lines in one statement, and returns a problem if there is not enough of one.
func take(ctx context.Context, tx database.Querier, lines []Line) error {
	list, args := database.Values(lines, "(CAST($%d AS TEXT), CAST($%d AS INTEGER))", func(_ int, l Line) []any {
		return []any{l.SKU, l.Quantity}
	})
	n, err := database.Exec(ctx, tx, "WITH line (sku, quantity) AS (VALUES "+list+
		") UPDATE stock SET available = available - line.quantity FROM line"+
		" WHERE stock.sku = line.sku AND stock.available >= line.quantity", args...)
	if err != nil || int(n) == len(lines) {
		return err
	}
	left, err := stockIn(ctx, tx, SKUs(lines))
	if err != nil {
		return err
	}
	return short(lines, left)
}

// short returns the problem of a line of which there is not enough. left was read after the other lines were taken.
func short(lines []Line, left []Stock) error {
	var soldOut error
	for _, l := range lines {
		i := slices.IndexFunc(left, func(s Stock) bool { return s.SKU == l.SKU })
		if i < 0 {
			return unknown(l.SKU)
		}
		if soldOut == nil && left[i].Available < l.Quantity {
			soldOut = problem.Conflict("%s: out of stock, %d left and %d wanted", l.SKU, left[i].Available, l.Quantity)
		}
	}
	return soldOut
}

// again returns nil if an order has the same reservation already.
func again(ctx context.Context, tx database.Querier, r Reservation) error {
	states, err := database.Query(ctx, tx, func(s *string) []any { return []any{s} },
		"SELECT state FROM reservations WHERE order_id = $1", r.Order)
	if err != nil {
		return err
	}
	if !slices.Equal(states, []string{"held"}) {
		return problem.Conflict("the reservation of order %d was released", r.Order)
	}
	lines, err := database.Query(ctx, tx, func(l *Line) []any { return []any{&l.SKU, &l.Quantity} },
		"SELECT sku, quantity FROM reservation_lines WHERE order_id = $1 ORDER BY sku", r.Order)
	if err != nil {
		return err
	}
	if !slices.Equal(lines, r.Lines) {
		return problem.Conflict("order %d has reserved other lines", r.Order)
	}
	return nil
}

func (s store) release(ctx context.Context, order int64) error {
	return database.Tx(ctx, s.db, func(tx database.Querier) error {
		n, err := database.Exec(ctx, tx, "INSERT INTO reservations (order_id, state) VALUES ($1, 'released') "+
			"ON CONFLICT (order_id) DO UPDATE SET state = 'released' WHERE reservations.state = 'held'", order)
		if err != nil || n == 0 {
			return err
		}
		_, err = database.Exec(ctx, tx, "UPDATE stock SET available = available + line.quantity FROM reservation_lines AS line "+
			"WHERE line.order_id = $1 AND line.sku = stock.sku", order)
		return err
	})
}
