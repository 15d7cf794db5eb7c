package drill

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"spanwise/lab/play"
	"spanwise/order"
)

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
		case p.other != 0:
			wrong(p, "was answered with the orders %d and %d, and placed %v", p.id, p.other, ids)
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
