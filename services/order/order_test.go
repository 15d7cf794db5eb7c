package order_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/internal/database/databasetest"
	"spanwise/order/shoptest"
)

// However many orders race for the last items, exactly those are sold.
func TestLastItemsAreSoldOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		shop := shoptest.Start(t, newURL, false)
		// sku-50 is seeded with 3; sku-1 with 57, of which 47 are sold first.
		shop.Must(201, "POST http://order/orders", `{"customer":"ada","lines":[{"sku":"sku-1","quantity":47}]}`)
		answers := atOnce(64, func(i int) int {
			status, _, err := shop.Do(context.Background(), "POST http://order/orders", `{"customer":"ada","lines":[{"sku":"sku-1","quantity":1}]}`)
			if err != nil {
				t.Error(err)
			}
			return status
		})
		sold := 0
		for _, status := range answers {
			switch status {
			case http.StatusCreated:
				sold++
			case http.StatusConflict:
			default:
				t.Errorf("an order was answered with %d, want 201 or 409", status)
			}
		}
		if got, want := shop.Available("sku-1"), `{"sku":"sku-1","available":0}`; sold != 10 || got != want {
			t.Errorf("sold %d with %s left, want 10 with %s", sold, got, want)
		}
	})
}

// Orders with the same products in a different order do not deadlock.
func TestOrdersOfManyLinesDoNotDeadlock(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		shop := shoptest.Start(t, newURL, false)
		for _, status := range atOnce(32, func(i int) int {
			lines := make([]string, 10)
			for j := range lines {
				lines[j] = fmt.Sprintf(`{"sku":"sku-%d","quantity":1}`, 1+(i*3+j*7)%10)
			}
			status, body, err := shop.Do(context.Background(), "POST http://order/orders", `{"customer":"ada","lines":[`+strings.Join(lines, ",")+`]}`)
			if err != nil || status != http.StatusCreated {
				t.Errorf("got %d %s %v", status, body, err)
			}
			return status
		}) {
			if status != http.StatusCreated {
				t.Errorf("an order was answered with %d, want 201", status)
			}
		}
	})
}

// Requests with the same idempotency key, at once or later, to one instance or two, are one order and get one answer.
func TestOneOrderPerKey(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		shop := shoptest.Start(t, newURL, false)
		const body = `{"customer":"ada","lines":[{"sku":"sku-1","quantity":2}]}` // 57 are left
		answers := atOnce(8, func(i int) string {
			host := []string{"order", "order2"}[i%2]
			_, text, err := shop.Do(context.Background(), "POST http://"+host+"/orders", body, "Idempotency-Key", "k1")
			if err != nil {
				t.Error(err)
			}
			return text
		})
		later := shop.Must(201, "POST http://order/orders", body, "Idempotency-Key", "k1")
		for _, got := range answers {
			if got != later {
				t.Errorf("got %s\nwant %s", got, later)
			}
		}
		if got, want := shop.Available("sku-1"), `{"sku":"sku-1","available":55}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		other := strings.Replace(body, "ada", "eve", 1)
		shop.Must(422, "POST http://order/orders", other, "Idempotency-Key", "k1")
	})
}

// A refused order changes nothing, and its key can be used again.
func TestRefusedOrderLeavesItsKeyFree(t *testing.T) {
	shop := shoptest.Start(t, nil, false)
	body := `{"customer":"ada","lines":[{"sku":"sku-1","quantity":1},{"sku":"sku-50","quantity":4}]}`
	shop.Must(409, "POST http://order/orders", body, "Idempotency-Key", "k1")
	if got, want := shop.Available("sku-1"), `{"sku":"sku-1","available":57}`; got != want {
		t.Errorf("got %s, want %s: all lines or none", got, want)
	}
	shop.Must(201, "POST http://order/orders", strings.Replace(body, `:4}`, `:3}`, 1), "Idempotency-Key", "k1")
}

// Cancelling returns the stock, once.
func TestCancelReturnsTheStock(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		shop := shoptest.Start(t, newURL, false)
		var o struct{ ID int64 }
		answer := shop.Must(201, "POST http://order/orders", `{"customer":"ada","lines":[{"sku":"sku-50","quantity":3}]}`)
		if err := json.Unmarshal([]byte(answer), &o); err != nil || o.ID != 1001 {
			t.Fatalf("got %s, want order 1001", answer)
		}
		for range 2 {
			shop.Must(200, "POST http://order/orders/1001/cancel", "")
			if got, want := shop.Available("sku-50"), `{"sku":"sku-50","available":3}`; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
		shop.Must(409, "POST http://order/orders/5/cancel", "")
		shop.Must(404, "POST http://order/orders/5000/cancel", "")
	})
}

// The pages of a list have no gaps or overlaps, and each order has its lines.
func TestListAndSearch(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		shop := shoptest.Start(t, newURL, true)
		var ids []int
		next := "/orders?customer=grace&limit=7"
		for next != "" {
			var page struct {
				Orders []struct {
					ID    int
					Lines []any
				}
				Next string
			}
			if err := json.Unmarshal([]byte(shop.Must(200, "GET http://order"+next, "")), &page); err != nil {
				t.Fatal(err)
			}
			for _, o := range page.Orders {
				ids = append(ids, o.ID)
				if len(o.Lines) != o.ID {
					t.Errorf("order %d has %d lines, want as many as its number", o.ID, len(o.Lines))
				}
			}
			next = page.Next
		}
		if len(ids) != 20 || ids[0] != 3 || ids[19] != 98 {
			t.Errorf("got orders %v, want 3, 8, …, 98", ids)
		}
		for _, path := range []string{"/orders?limit=20", "/orders/search?q=GRA", "/orders/search?q=sku-35"} {
			together, _, _ := strings.Cut(shop.Must(200, "GET http://order"+path, ""), `"next"`)
			oneByOne, _, _ := strings.Cut(shop.Must(200, "GET http://order"+path+"&rows=each", ""), `"next"`)
			if diff := cmp.Diff(together, oneByOne); diff != "" {
				t.Errorf("%s with rows=each (-want +got):\n%.2000s", path, diff)
			}
			if len(together) < 100 {
				t.Errorf("%s: got %s, want orders", path, together)
			}
		}
	})
}

// atOnce calls f(0) to f(n-1) at the same time and returns their results.
func atOnce[T any](n int, f func(i int) T) []T {
	results := make([]T, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { results[i] = f(i) })
	}
	wg.Wait()
	return results
}
