package order_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"spanwise/internal/database"
	"spanwise/internal/database/databasetest"
	"spanwise/internal/problem"
	"spanwise/inventory"
	"spanwise/order"
	"spanwise/order/shoptest"
)

// inVirtualTime runs f in a synctest bubble with each kind of database. The databases are created outside of it.
func inVirtualTime(t *testing.T, f func(t *testing.T, shop *shoptest.Shop)) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		urls := []string{newURL(), newURL(), newURL(), newURL()} // the last is for [shoptest.Shop.Older]
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

// If a reservation was sent twice, the first copy may arrive after the second was refused. It then reserves nothing.
func TestLateReservation(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, shop *shoptest.Shop) {
		const three = `{"customer":"ada","lines":[{"sku":"sku-50","quantity":3}]}` // all that are left
		shop.Must(201, "POST http://order/orders", three)
		shop.Must(409, "POST http://order/orders", three)
		shop.Must(409, "POST http://order/orders?fail=inventory:503*1&retries=backoff", three) // the third number is 1003
		for _, id := range placed(t, shop) {
			shop.Must(200, fmt.Sprintf("POST http://order/orders/%d/cancel", id), "")
		}
		shop.Must(409, "POST http://inventory/reservations", `{"order":1003,"lines":[{"sku":"sku-50","quantity":3}]}`)
		if got, want := shop.Available("sku-50"), `{"sku":"sku-50","available":3}`; got != want || shop.Releases() != 0 {
			t.Errorf("got %s and %d releases, want %s and none", got, shop.Releases(), want)
		}
	})
}

// A claim that was found to be due, and that a repeat of its key has renewed since, is not given up.
func TestClaimRenewedWhenDue(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, shop *shoptest.Shop) {
		began := time.Now()
		shop.Orders(&shoptest.Crash{Step: 5}).Place(context.Background(), "key", oneLamp) // dies before its stock is reserved
		time.AfterFunc(31*time.Second, func() {
			stop := shop.Orders(&shoptest.Crash{Pauses: map[int]time.Duration{2: 3 * time.Second}}).ReleaseDue() // after finding it
			time.Sleep(4 * time.Second)                                                                          // virtual
			stop()
		})
		time.Sleep(32 * time.Second) // virtual
		slow := shop.Orders(&shoptest.Crash{Pauses: map[int]time.Duration{5: 5 * time.Second}})
		o, err := slow.Place(context.Background(), "key", oneLamp)
		if err != nil || o.ID != 1001 || time.Since(began) < 37*time.Second {
			t.Errorf("got order %d, %v after %v, want the order 1001 that was claimed first, after the release could begin", o.ID, err, time.Since(began))
		}
		checkStock(t, shop, 1, "afterwards")
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

// Whatever is slow, a request ends within the time for which an exit waits: 30 s, and 15 s to undo what it has begun.
func TestRequestsEndInTime(t *testing.T) {
	const longest = 45 * time.Second
	for _, slow := range []string{"order.db:9s", "inventory.db:6s", "inventory.db:9s,order.db:2s", "pricing.db:10s,order.db:7s", "order.db:4s,inventory.db:10s"} {
		synctest.Test(t, func(t *testing.T) {
			shop := shoptest.Start(t, nil, true)
			shop.Must(201, "POST http://order/orders", `{"customer":"ada","lines":[{"sku":"sku-1","quantity":1}]}`)
			for request, body := range map[string]string{
				"POST http://order/orders":             `{"customer":"ada","lines":[{"sku":"sku-1","quantity":1}]}`,
				"POST http://order/orders/1001/cancel": "",
			} {
				began := time.Now()
				if _, _, err := shop.Do(context.Background(), request+"?latency="+slow, body, "Idempotency-Key", slow); err != nil {
					t.Error(err)
				}
				if took := time.Since(began); took > longest {
					t.Errorf("%s with latency=%s took %v, want at most %v", request, slow, took, longest)
				}
			}
			recovered(shop.Orders(nil))
			checkStock(t, shop, len(placed(t, shop)), slow)
		})
	}
}

// Orders that were cancelled while there was no table of releases, and whose stock may still be reserved, are released by the
// next version, once, and only they.
func TestCancelledByOlderVersion(t *testing.T) {
	names := []string{"00001_schema.sql", "00002_seed.sql", "00003_mails.sql", "00004_releases.sql", "00005_keys.sql"}
	for _, version := range []int{3, 5} { // the last without releases, and the last that repaired nothing
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			inVirtualTime(t, func(t *testing.T, shop *shoptest.Shop) {
				for id := 1001; id <= 1003; id++ {
					shop.Must(201, "POST http://inventory/reservations", fmt.Sprintf(`{"order":%d,"lines":[{"sku":"sku-1","quantity":1}]}`, id))
				}
				shop.Must(204, "DELETE http://inventory/reservations/1002", "")
				db := shop.Older(these(t, names[:version]))
				exec(t, db, "INSERT INTO orders (id, customer, status, created_at) VALUES"+
					" (1001, 'ada', 'cancelled', 1), (1002, 'ada', 'cancelled', 2), (1003, 'ada', 'placed', 3)")
				if version == 5 { // whose instance died after cancelling 1002
					exec(t, db, "INSERT INTO releases (order_id, due_at, attempts) VALUES (1002, 4, 1)")
				}
				instances := []*order.Service{shop.Orders(nil), shop.Orders(nil)}
				if due := shop.Releases(); due != 2 {
					t.Errorf("got %d releases, want those of 1001 and 1002", due)
				}
				stop := instances[0].ReleaseDue()
				recovered(instances[1])
				stop()
				checkStock(t, shop, 1, "afterwards")
				shop.Orders(nil)
				checkStock(t, shop, 1, "after another start")
			})
		})
	}
}

// these returns the migrations with those names.
func these(t *testing.T, names []string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range names {
		content, err := fs.ReadFile(order.Migrations, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: content}
	}
	return files
}

func exec(t *testing.T, db *database.DB, statement string) {
	t.Helper()
	if _, err := database.Exec(t.Context(), db, statement); err != nil {
		t.Fatal(err)
	}
}
