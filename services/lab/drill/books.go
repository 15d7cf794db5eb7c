package drill

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"slices"
	"time"

	"spanwise/internal/database"
	"spanwise/internal/telemetry"
	"spanwise/inventory"
	"spanwise/lab/native"
	"spanwise/lab/play"
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

// check compares the books with each other and with what the buyers were answered.
func (b books) check(made []*purchase) error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	sold := map[string]int{}
	byKey := map[string][]int64{}
	for id, o := range b.orders {
		byKey[o.key] = append(byKey[o.key], id)
		if o.status != order.Placed {
			continue
		}
		if !maps.Equal(o.lines, b.held[id]) {
			wrong("order %d has the lines %v, and %v reserved", id, o.lines, b.held[id])
		}
		for sku, n := range o.lines {
			sold[sku] += n
		}
	}
	for id := range b.held {
		if o := b.orders[id]; o == nil || o.status != order.Placed {
			wrong("stock is reserved for order %d, which is not placed", id)
		}
	}
	for sku, n := range b.initial {
		if got := n - b.available[sku]; got != sold[sku] {
			wrong("%s: the stock fell by %d, and %d are in orders", sku, got, sold[sku])
		}
	}
	if b.due > 0 {
		wrong("%d reservations are still to be released", b.due)
	}
	return errors.Join(append(errs, b.checkAnswers(made, byKey)...)...)
}

// checkAnswers compares the books with what the buyers were answered.
func (b books) checkAnswers(made []*purchase, byKey map[string][]int64) (errs []error) {
	wrong := func(p *purchase, format string, args ...any) {
		errs = append(errs, fmt.Errorf("key %s: %s", p.key, fmt.Sprintf(format, args...)))
	}
	for _, p := range made {
		ids := byKey[p.key]
		delete(byKey, p.key)
		switch {
		case len(ids) > 1:
			wrong(p, "placed the orders %v, want at most one", ids)
		case p.id != 0 && !slices.Equal(ids, []int64{p.id}):
			wrong(p, "was answered with order %d, and placed %v", p.id, ids)
		case p.refused && len(ids) > 0:
			wrong(p, "was refused, and placed order %d", ids[0])
		}
		if len(ids) == 0 {
			continue
		}
		o := b.orders[ids[0]]
		if !maps.Equal(o.lines, p.quantities()) {
			wrong(p, "ordered %v, and order %d has %v", p.lines, ids[0], o.lines)
		}
		switch {
		case p.cancelled && o.status != order.Cancelled:
			wrong(p, "order %d was cancelled and is %s", ids[0], o.status)
		case !p.cancel && o.status != order.Placed:
			wrong(p, "order %d was never cancelled and is %s", ids[0], o.status)
		}
	}
	for key, ids := range byKey {
		errs = append(errs, fmt.Errorf("orders %v have the key %q, which was never used", ids, key))
	}
	return errs
}

// quantities returns how many of each product the purchase has.
func (p *purchase) quantities() map[string]int {
	q := map[string]int{}
	for _, l := range p.lines {
		q[l.SKU] = l.Quantity
	}
	return q
}

// released bounds the wait for the release of what was reserved for orders that were given up: the lease, and the retries of
// releases that failed while inventory was away.
const released = 2 * time.Minute

// audit waits until all due reservations are released, and checks the books. The services must run, without requests.
func (b *buyers) audit(ctx context.Context, r *Rig) error {
	ctx, cancel := context.WithTimeout(ctx, released)
	defer cancel()
	for {
		books, err := readBooks(ctx, r.Run)
		if err != nil {
			return fmt.Errorf("read the databases: %w", err)
		}
		if books.due == 0 {
			return first(books.check(b.made))
		}
		if play.Wait(ctx, time.Second) != nil {
			return first(books.check(b.made))
		}
	}
}

// first shortens a list of errors.
func first(err error) error {
	const most = 5
	list, ok := err.(interface{ Unwrap() []error })
	if !ok || len(list.Unwrap()) <= most {
		return err
	}
	all := list.Unwrap()
	return fmt.Errorf("%w\nand %d more", errors.Join(all[:most]...), len(all)-most)
}
