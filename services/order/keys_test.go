package order_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"spanwise/internal/database/databasetest"
	"spanwise/internal/problem"
	"spanwise/inventory"
	"spanwise/order"
	"spanwise/order/shoptest"
)

// One key at two instances at the same time is one order, and all requests get it, even if there is stock for only one.
func TestLastItemsUnderOneKey(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		shop := shoptest.Start(t, newURL, false)
		const body = `{"customer":"ada","lines":[{"sku":"sku-50","quantity":3}]}` // 3 are left
		for round := range 5 {
			key := fmt.Sprint("key-", round)
			answers := atOnce(8, func(i int) string {
				host := []string{"order", "order2"}[i%2]
				status, text, err := shop.Do(context.Background(), "POST http://"+host+"/orders", body, "Idempotency-Key", key)
				if err != nil || status != http.StatusCreated {
					t.Errorf("got %d, %v, want 201", status, err)
				}
				return text
			})
			for _, got := range answers[1:] {
				if got != answers[0] {
					t.Errorf("%s got %s\nand %s", key, answers[0], got)
				}
			}
			var o order.Order
			if err := json.Unmarshal([]byte(answers[0]), &o); err != nil {
				t.Fatal(err)
			}
			if got, want := shop.Available("sku-50"), `{"sku":"sku-50","available":0}`; got != want || shop.Releases() != 0 {
				t.Errorf("got %s and %d releases, want %s and none", got, shop.Releases(), want)
			}
			shop.Must(200, fmt.Sprintf("POST http://order/orders/%d/cancel", o.ID), "")
		}
	})
}

// A key whose order is being placed cannot be used for another one.
func TestOtherOrderUnderOneKey(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, shop *shoptest.Shop) {
		two := order.Placement{Customer: "ada", Lines: []inventory.Line{{SKU: "sku-1", Quantity: 2}}}
		time.AfterFunc(time.Second, func() { // while the first request waits
			if _, err := shop.Orders(nil).Place(context.Background(), "key", two); !problem.Is(err, http.StatusUnprocessableEntity) {
				t.Errorf("got %v, want 422", err)
			}
		})
		slow := shop.Orders(&shoptest.Crash{Pauses: map[int]time.Duration{5: 3 * time.Second}}) // before its stock is reserved
		if _, err := slow.Place(context.Background(), "key", oneLamp); err != nil {
			t.Errorf("got %v, want the order", err)
		}
		checkStock(t, shop, 1, "afterwards")
	})
}

// At whatever step of placing an order its instance dies, or an answer is lost, the key can be used at once at another instance.
// It is one order, and nothing else stays reserved.
func TestKeyAfterACrash(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, shop *shoptest.Shop) {
		healthy := shop.Orders(nil)
		orders := 0
		for _, silent := range []bool{false, true} {
			for step, happened := 1, true; happened; step++ {
				crash := &shoptest.Crash{Step: step, Silent: silent}
				key := fmt.Sprintf("step %d, silent=%v", step, silent)
				first, firstErr := shop.Orders(crash).Place(context.Background(), key, oneLamp)
				began := time.Now()
				second, err := healthy.Place(context.Background(), key, oneLamp)
				if took := time.Since(began); err != nil || took > 0 {
					t.Errorf("%s: got %v after %v, want the order at once", key, err, took)
				}
				if firstErr == nil && first.ID != second.ID {
					t.Errorf("%s: got the orders %d and %d, want one", key, first.ID, second.ID)
				}
				happened = crash.Happened()
				recovered(healthy)
				orders++
				checkStock(t, shop, orders, key)
				if got := len(placed(t, shop)); got != orders {
					t.Errorf("%s: got %d orders, want %d", key, got, orders)
				}
			}
		}
	})
}

// However the requests with one key interleave at two instances, one of which dies or is slower than the lease, there is at most
// one order, and every answer with an order is true.
func TestKeyAtTwoInstances(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, shop *shoptest.Shop) {
		healthy := shop.Orders(nil)
		stop := healthy.ReleaseDue()
		defer stop()
		for step := 1; step <= 9; step++ {
			crashes := []*shoptest.Crash{{Step: step}, {Step: step, Silent: true}}
			if step <= 6 { // later it has locked its row, and the others would wait in the database, where time is not virtual
				crashes = append(crashes, &shoptest.Crash{Pauses: map[int]time.Duration{step: 50 * time.Millisecond}},
					&shoptest.Crash{Pauses: map[int]time.Duration{step: 40 * time.Second}})
			}
			for i, crash := range crashes {
				key := fmt.Sprintf("step %d, way %d", step, i)
				before := len(placed(t, shop))
				instances := []*order.Service{shop.Orders(crash), healthy}
				ids := atOnce(4, func(i int) int64 {
					time.Sleep(time.Duration(i) * 10 * time.Millisecond) // virtual
					o, err := instances[i%2].Place(context.Background(), key, oneLamp)
					if i%2 == 1 && err != nil && !problem.Is(err, http.StatusServiceUnavailable) {
						t.Errorf("%s: got %v from the healthy instance", key, err)
					}
					return o.ID
				})
				time.Sleep(2 * time.Minute) // virtual
				after := placed(t, shop)
				checkStock(t, shop, len(after), key)
				if len(after) != before+1 {
					t.Fatalf("%s: got %d orders after %d, want one more", key, len(after), before)
				}
				for _, id := range ids {
					if id != 0 && id != after[before] {
						t.Errorf("%s: got the answers %v for order %d", key, ids, after[before])
					}
				}
			}
		}
	})
}
