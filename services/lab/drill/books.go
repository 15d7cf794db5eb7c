package drill

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"

	"spanwise/internal/database"
	"spanwise/internal/telemetry"
	"spanwise/inventory"
	"spanwise/lab/native"
	"spanwise/order"
)

// books are what the databases of order and inventory say.
type books struct {
	initial   map[string]int           // stock before the first order, by product
	available map[string]int           // stock now
	held      map[int64]map[string]int // reservations, by order and product
	orders    map[int64]*entry
	due       int // reservations still to be released
}

// An entry is an order that is not one of the seeded ones.
type entry struct {
	key, status string
	lines       map[string]int // quantity by product
}

// readBooks reads the databases of a run while no orders are placed.
func readBooks(ctx context.Context, run *native.Run) (b books, err error) {
	empty, err := os.MkdirTemp("", "spanwise-seed-")
	if err != nil {
		return b, err
	}
	defer os.RemoveAll(empty)
	err = errors.Join( // orders first: if nothing is due then, the stock does not change any more
		with(ctx, run.DatabaseURL(native.Order), run.Data, native.Order, order.Migrations, func(db *database.DB) error {
			return b.readOrders(ctx, db)
		}),
		with(ctx, "", empty, native.Inventory, inventory.Migrations, func(db *database.DB) (err error) {
			b.initial, err = stock(ctx, db)
			return err
		}),
		with(ctx, run.DatabaseURL(native.Inventory), run.Data, native.Inventory, inventory.Migrations, func(db *database.DB) (err error) {
			b.available, err = stock(ctx, db)
			return errors.Join(err, b.readReservations(ctx, db))
		}))
	return b, err
}

// with calls f with the database of a service.
func with(ctx context.Context, url, dir, service string, migrations fs.FS, f func(*database.DB) error) error {
	silent := telemetry.Disabled(slog.New(slog.NewTextHandler(io.Discard, nil)))
	db, err := database.Open(ctx, database.Config{Service: service, URL: url, Dir: dir, Wait: drain, Migrations: migrations}, silent)
	if err != nil {
		return err
	}
	return errors.Join(f(db), db.Close())
}

type line struct {
	order               int64
	sku, key, status    string
	quantity, available int
}

func stock(ctx context.Context, db *database.DB) (map[string]int, error) {
	rows, err := database.Query(ctx, db, func(l *line) []any { return []any{&l.sku, &l.available} }, "SELECT sku, available FROM stock")
	all := map[string]int{}
	for _, l := range rows {
		all[l.sku] = l.available
	}
	return all, err
}

func (b *books) readReservations(ctx context.Context, db *database.DB) error {
	rows, err := database.Query(ctx, db, func(l *line) []any { return []any{&l.order, &l.sku, &l.quantity} },
		"SELECT r.order_id, COALESCE(l.sku, ''), COALESCE(l.quantity, 0) FROM reservations AS r"+
			" LEFT JOIN reservation_lines AS l ON l.order_id = r.order_id WHERE r.state = 'held'")
	b.held = map[int64]map[string]int{}
	for _, l := range rows {
		if b.held[l.order] == nil {
			b.held[l.order] = map[string]int{}
		}
		b.held[l.order][l.sku] = l.quantity
	}
	return err
}

func (b *books) readOrders(ctx context.Context, db *database.DB) error {
	rows, err := database.Query(ctx, db, func(l *line) []any { return []any{&l.order, &l.key, &l.status, &l.sku, &l.quantity} },
		"SELECT o.id, COALESCE(o.idempotency_key, ''), o.status, COALESCE(l.sku, ''), COALESCE(l.quantity, 0) FROM orders AS o"+
			" LEFT JOIN order_lines AS l ON l.order_id = o.id WHERE o.status <> 'delivered'")
	if err != nil {
		return err
	}
	b.orders = map[int64]*entry{}
	for _, l := range rows {
		if b.orders[l.order] == nil {
			b.orders[l.order] = &entry{key: l.key, status: l.status, lines: map[string]int{}}
		}
		b.orders[l.order].lines[l.sku] = l.quantity
	}
	due, err := database.Query(ctx, db, func(l *line) []any { return []any{&l.order} }, "SELECT order_id FROM releases")
	b.due = len(due)
	return err
}
