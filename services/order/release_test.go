package order_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spanwise/internal/database/databasetest"
	"spanwise/internal/problem"
	"spanwise/inventory"
	"spanwise/order"
	"spanwise/order/shoptest"
)

// inVirtualTime runs f in a synctest bubble with each kind of database. The databases are created outside of it.
func inVirtualTime(t *testing.T, f func(t *testing.T, shop *shoptest.Shop)) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		urls := []string{newURL(), newURL(), newURL()}
		synctest.Test(t, func(t *testing.T) {
			f(t, shoptest.Start(t, func() (url string) { url, urls = urls[0], urls[1:]; return url }, true))
		})
	})
}

var oneLamp = order.Placement{Customer: "ada", Lines: []inventory.Line{{SKU: "sku-1", Quantity: 1}}}

// placed returns the orders of a customer that are placed.
func placed(t *testing.T, shop *shoptest.Shop) (ids []int64) {
	t.Helper()
	var page struct{ Orders []order.Order }
	if err := json.Unmarshal([]byte(shop.Must(200, "GET http://order/orders?customer=ada&after=1000&limit=200", "")), &page); err != nil {
		t.Fatal(err)
	}
	for _, o := range page.Orders {
		if o.Status == order.Placed {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

// recovered lets an instance of the service release everything that is due.
func recovered(orders *order.Service) {
	stop := orders.ReleaseDue()
	time.Sleep(2 * time.Minute) // virtual
	stop()
}

// checkStock fails the test unless the stock of sku-1, which is seeded with 57, is that of one sold per order, and nothing
// remains to be released.
func checkStock(t *testing.T, shop *shoptest.Shop, orders int, when string) {
	t.Helper()
	if got, want := shop.Available("sku-1"), fmt.Sprintf(`{"sku":"sku-1","available":%d}`, 57-orders); got != want {
		t.Errorf("%s: got %s with %d orders, want %s", when, got, orders, want)
	}
	if due := shop.Releases(); due != 0 {
		t.Errorf("%s: %d releases are still to be made, want 0", when, due)
	}
}

// At whatever step of placing or cancelling an order the process dies, or an answer is lost, stock and orders agree after
// another instance has recovered what was left. An answer that arrived is true.
func TestCrashAtEachStep(t *testing.T) {
	for _, silent := range []bool{false, true} {
		t.Run(fmt.Sprintf("silent=%v", silent), func(t *testing.T) {
			inVirtualTime(t, func(t *testing.T, shop *shoptest.Shop) {
				healthy := shop.Orders(nil)
				step := 1
				for happened := true; happened; step++ {
					crash := &shoptest.Crash{Step: step, Silent: silent}
					when := fmt.Sprintf("step %d", step)
					before := len(placed(t, shop))
					orders := shop.Orders(crash)
					o, err := orders.Place(context.Background(), when, oneLamp)
					isPlaced := err == nil
					isCancelled := false
					if isPlaced {
						if _, err := healthy.Place(context.Background(), when, oneLamp); err != nil {
							t.Errorf("%s: got %v for the same key, want the order", when, err)
						}
						_, err := orders.Cancel(context.Background(), o.ID)
						isCancelled = err == nil
					}
					recovered(healthy)
					after := len(placed(t, shop))
					checkStock(t, shop, after, when)
					if isCancelled && after != before || after < before || after > before+1 {
						t.Errorf("%s: got %d orders after %d, want none more if it is cancelled, else at most one", when, after, before)
					}
					if silent && !isPlaced && after != before {
						t.Errorf("%s: got an order and the error %v", when, err)
					}
					happened = crash.Happened()
				}
				if step < 15 {
					t.Errorf("got only %d steps", step)
				}
			})
		})
	}
}

// An order that takes longer than its lease is refused if the release of its stock has begun, and stored otherwise.
func TestOrderAfterItsLease(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, shop *shoptest.Shop) {
		slow := func() *order.Service { // between writing down the lease and storing the order
			return shop.Orders(&shoptest.Crash{Pauses: map[int]time.Duration{3: 40 * time.Second, 5: 9 * time.Second}})
		}
		if _, err := slow().Place(context.Background(), "", oneLamp); err != nil {
			t.Errorf("got %v, want an order, since no instance has begun to release its stock", err)
		}
		checkStock(t, shop, 1, "without releases")
		time.AfterFunc(42*time.Second, func() { // its third step, after finding the release and beginning it, would be the call
			stop := shop.Orders(&shoptest.Crash{Step: 3}).ReleaseDue()
			time.Sleep(time.Second) // virtual
			stop()
		})
		if _, err := slow().Place(context.Background(), "", oneLamp); !problem.Is(err, http.StatusServiceUnavailable) {
			t.Errorf("got %v, want 503, since the release of its stock has begun", err)
		}
		recovered(shop.Orders(nil))
		checkStock(t, shop, 1, "with a release that a crash interrupts")
		stop := shop.Orders(nil).ReleaseDue()
		defer stop()
		if _, err := slow().Place(context.Background(), "", oneLamp); !problem.Is(err, http.StatusServiceUnavailable) {
			t.Errorf("got %v, want 503, since its stock was released", err)
		}
		checkStock(t, shop, 1, "with releases")
	})
}

// While the inventory cannot be reached, cancelling succeeds. The stock is returned later, once, by two instances.
func TestCancelWithoutInventory(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, shop *shoptest.Shop) {
		for range 20 {
			shop.Must(201, "POST http://order/orders", `{"customer":"ada","lines":[{"sku":"sku-1","quantity":1}]}`)
		}
		for _, id := range placed(t, shop) {
			shop.Must(200, fmt.Sprintf("POST http://order/orders/%d/cancel?fail=inventory:503", id), "")
		}
		if due := shop.Releases(); due != 20 {
			t.Errorf("got %d releases, want 20", due)
		}
		time.Sleep(10 * time.Second) // virtual: until all are due, so that both instances find them at the same time
		shop.Spans.Reset()
		stop, stop2 := shop.Orders(nil).ReleaseDue(), shop.Orders(nil).ReleaseDue()
		time.Sleep(time.Minute) // virtual
		stop()
		stop2()
		checkStock(t, shop, 0, "afterwards")
		traces := strings.Count(shop.Spans.Tree(), "order internal release-stock")
		if traces != 20 {
			t.Errorf("got %d traces of releases, want one for each order", traces)
		}
	})
}

// A release that cannot begin does not hold up the others.
func TestReleaseThatCannotBegin(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, shop *shoptest.Shop) {
		for range 3 {
			shop.Must(201, "POST http://order/orders", `{"customer":"ada","lines":[{"sku":"sku-1","quantity":1}]}`)
		}
		for _, id := range placed(t, shop) {
			shop.Must(200, fmt.Sprintf("POST http://order/orders/%d/cancel?fail=inventory:503", id), "")
		}
		time.Sleep(10 * time.Second)                                             // virtual: until all are due
		stop := shop.Orders(&shoptest.Crash{Step: 2, Silent: true}).ReleaseDue() // its first step finds them, the second begins one
		time.Sleep(time.Second)                                                  // virtual: less than until it looks again
		stop()
		if due := shop.Releases(); due != 1 {
			t.Errorf("got %d releases, want only the one that could not begin", due)
		}
	})
}

// However orders, cancellations and a process that dies interleave, stock and orders agree after the recovery.
func TestCrashUnderLoad(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, shop *shoptest.Shop) {
		healthy := shop.Orders(nil)
		for step := 5; step < 200; step += 37 {
			orders := shop.Orders(&shoptest.Crash{Step: step})
			var wg sync.WaitGroup
			for i := range 16 {
				wg.Go(func() {
					o, err := orders.Place(context.Background(), "", oneLamp)
					if err == nil && i%2 == 0 {
						_, err = orders.Cancel(context.Background(), o.ID)
					}
					if err != nil && problem.IsRefusal(err) && !problem.Is(err, 409) {
						t.Errorf("got %v", err)
					}
				})
			}
			wg.Wait()
			recovered(healthy)
			checkStock(t, shop, len(placed(t, shop)), fmt.Sprintf("step %d", step))
		}
	})
}
