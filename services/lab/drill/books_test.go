package drill

import (
	"strings"
	"testing"
	"time"

	"spanwise/internal/journal"
	"spanwise/inventory"
	"spanwise/order"
)

// Books that agree with each other and with every answer pass. Each way in which they may disagree is reported.
func TestBooksCheck(t *testing.T) {
	one := func(n int) map[string]int { return map[string]int{"sku-1": n} }
	for _, test := range []struct {
		name   string
		change func(*books, []*purchase)
		want   string // in the error; empty for none
	}{
		{"agree", func(*books, []*purchase) {}, ""},
		{"an answer was lost", func(_ *books, made []*purchase) { made[0].id = 0 }, ""},
		{"an order was torn and left nothing", func(_ *books, made []*purchase) { made[2].refused = false }, ""},
		{"stock is gone", func(b *books, _ []*purchase) { b.available["sku-1"]-- }, "sku-1: the stock fell by 3, and 2 are in orders"},
		{"a reservation is left", func(b *books, _ []*purchase) { b.held[1003] = one(1) }, "stock is reserved for order 1003"},
		{"stock of a cancelled order is held", func(b *books, _ []*purchase) { b.held[1002] = one(1) }, "stock is reserved for order 1002"},
		{"an order has no reservation", func(b *books, _ []*purchase) { delete(b.held, 1001) }, "order 1001 has the lines"},
		{"an order has no lines", func(b *books, _ []*purchase) { b.orders[1001].lines = one(0) }, "ordered [{sku-1 2}]"},
		{"a release is due", func(b *books, _ []*purchase) { b.due = 1 }, "1 reservations are still to be released"},
		{"two orders for a key", func(b *books, _ []*purchase) { b.orders[1003] = &entry{"a", order.Cancelled, one(2)} }, "placed the orders"},
		{"an order is missing", func(b *books, _ []*purchase) { delete(b.orders, 1002) }, "was answered with order 1002, and placed []"},
		{"an answer names another order", func(_ *books, made []*purchase) { made[0].id = 1009 }, "was answered with order 1009"},
		{"two instances answered with two orders", func(_ *books, made []*purchase) { made[0].other = 1009 }, "was answered with the orders 1001 and 1009"},
		{"a refused order exists", func(_ *books, made []*purchase) { made[0].id, made[0].refused = 0, true }, "was refused, and placed order 1001"},
		{"a cancelled order is placed", func(_ *books, made []*purchase) { made[0].cancel, made[0].cancelled = true, true }, "was cancelled and is placed"},
		{"an order was cancelled by itself", func(_ *books, made []*purchase) { made[1].cancel, made[1].cancelled = false, false }, "was never cancelled"},
		{"an order from nowhere", func(b *books, _ []*purchase) { b.orders[1003] = &entry{"x", order.Cancelled, one(1)} }, "which was never used"},
	} {
		b := books{
			initial: one(10), available: one(8), held: map[int64]map[string]int{1001: one(2)},
			orders: map[int64]*entry{1001: {"a", order.Placed, one(2)}, 1002: {"b", order.Cancelled, one(1)}},
		}
		line := func(n int) []inventory.Line { return []inventory.Line{{SKU: "sku-1", Quantity: n}} }
		made := []*purchase{
			{key: "a", lines: line(2), id: 1001},
			{key: "b", lines: line(1), id: 1002, cancel: true, cancelled: true},
			{key: "c", lines: line(9), refused: true},
		}
		test.change(&b, made)
		err := b.check(made)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}

// Orders that only one of two instances has answered show nothing about both, unless they are few.
func TestAnsweredByAllInstances(t *testing.T) {
	both, one := &purchase{id: 1, answers: 2}, &purchase{id: 2, answers: 1}
	for _, test := range []struct {
		instances int
		made      []*purchase
		fails     bool
	}{
		{2, []*purchase{both, both, one}, false},
		{2, []*purchase{both, one, {}}, true},
		{2, nil, true},
		{1, []*purchase{one}, false},
	} {
		b := buyers{orders: make([]string, test.instances), made: test.made}
		if err := b.checkInstances(&Rig{}); (err != nil) != test.fails {
			t.Errorf("%d instances, %d orders: got %v, want an error: %v", test.instances, len(test.made), err, test.fails)
		}
	}
}

// Only what a killed process had not sent may be lost with it, whichever of several kills it was.
func TestLostByKill(t *testing.T) {
	at := func(seconds float64) time.Time {
		return time.Unix(1000, 0).Add(time.Duration(seconds * float64(time.Second)))
	}
	r := &Rig{Kills: map[string][]interval{"order": {{at(10), at(10.5)}, {at(20), at(20)}}}}
	for _, test := range []struct {
		service string
		started float64
		ended   float64 // 0 is not at all
		want    bool
	}{
		{"order", 9.5, 0, true},
		{"order", 9, 9.5, true},
		{"order", 10.2, 10.4, true}, // before the killed process had exited
		{"order", 8, 8.9, false},    // more than a second before the kill
		{"order", 5, 8, false},      // was sent long before
		{"order", 12, 13, false},    // by the second process, long before its end
		{"order", 18, 19.9, true},
		{"order", 21, 22, false}, // by a process that was not killed
		{"pricing", 9, 9.5, false},
	} {
		s := journal.Span{Service: test.service, Started: at(test.started)}
		if test.ended > 0 {
			s.Ended = at(test.ended)
		}
		if got := lostByKill(r, s); got != test.want {
			t.Errorf("%+v: got %v, want %v", test, got, test.want)
		}
	}
}
