package inventory_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"spanwise/internal/database"
	"spanwise/internal/database/databasetest"
	"spanwise/internal/problem"
	"spanwise/internal/spantest"
	"spanwise/inventory"
)

// each runs f on a freshly seeded inventory in each kind of database.
func each(t *testing.T, f func(t *testing.T, inv *inventory.Service)) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		config := database.Config{Service: "inventory", URL: newURL(), Dir: t.TempDir(), Wait: time.Minute, Migrations: inventory.Migrations}
		db, err := database.Open(t.Context(), config, spantest.New().Telemetry("inventory", t.Output()))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		f(t, inventory.New(db))
	})
}

func left(t *testing.T, inv *inventory.Service, sku string) int {
	t.Helper()
	stock, err := inv.Stock(t.Context(), []string{sku})
	if err != nil {
		t.Fatal(err)
	}
	return stock[0].Available
}

func reservation(order int64, skusAndQuantities ...any) inventory.Reservation {
	r := inventory.Reservation{Order: order}
	for i := 0; i < len(skusAndQuantities); i += 2 {
		r.Lines = append(r.Lines, inventory.Line{SKU: skusAndQuantities[i].(string), Quantity: skusAndQuantities[i+1].(int)})
	}
	return r
}

// Stock is returned in the order of the request, for up to a thousand products, and unknown products are an error.
func TestStock(t *testing.T) {
	each(t, func(t *testing.T, inv *inventory.Service) {
		skus := make([]string, inventory.MaxLines)
		for i := range skus {
			skus[i] = fmt.Sprintf("sku-%d", inventory.MaxLines-i)
		}
		stock, err := inv.Stock(t.Context(), skus)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range stock {
			if s.SKU != skus[i] || s.Available < 3 {
				t.Fatalf("at %d: got %+v, want %s with at least 3", i, s, skus[i])
			}
		}
		if _, err := inv.Stock(t.Context(), []string{"sku-1", "sku-1001"}); !problem.Is(err, http.StatusNotFound) {
			t.Errorf("got %v, want 404", err)
		}
		if _, err := inv.Stock(t.Context(), append(skus, "sku-1")); !problem.Is(err, http.StatusBadRequest) {
			t.Errorf("got %v, want 400 for one too many", err)
		}
	})
}

// A reservation is all lines or none, counts once however often it is sent, and is released once.
func TestReserveAndRelease(t *testing.T) {
	each(t, func(t *testing.T, inv *inventory.Service) {
		ctx := t.Context()
		steps := []struct {
			what   string
			err    error
			status int // 0 is success
		}{
			{"reserve", inv.Reserve(ctx, reservation(1, "sku-50", 2, "sku-7", 1)), 0},
			{"reserve again, lines swapped", inv.Reserve(ctx, reservation(1, "sku-7", 1, "sku-50", 2)), 0},
			{"reserve other lines", inv.Reserve(ctx, reservation(1, "sku-50", 1)), 409},
			{"reserve too many", inv.Reserve(ctx, reservation(2, "sku-7", 1, "sku-50", 2)), 409},
			{"reserve the unknown", inv.Reserve(ctx, reservation(2, "sku-50", 1, "sku-0", 1)), 404},
			{"try with less", inv.Reserve(ctx, reservation(2, "sku-50", 1)), 0},
			{"release", inv.Release(ctx, 1), 0},
			{"release again", inv.Release(ctx, 1), 0},
			{"reserve what was released", inv.Reserve(ctx, reservation(1, "sku-50", 2, "sku-7", 1)), 409},
			{"release what never was", inv.Release(ctx, 3), 0},
			{"a reservation that arrives after its release", inv.Reserve(ctx, reservation(3, "sku-50", 1)), 409},
		}
		for _, s := range steps {
			if (s.err != nil) != (s.status != 0) || s.status != 0 && !problem.Is(s.err, s.status) {
				t.Errorf("%s: got %v, want status %d", s.what, s.err, s.status)
			}
		}
		if got := left(t, inv, "sku-50"); got != 2 {
			t.Errorf("got %d left, want 2", got)
		}
		if got := left(t, inv, "sku-7"); got != 279 {
			t.Errorf("got %d left, want 279", got)
		}
	})
}

// However many reservations race for the last items, exactly those are reserved.
func TestRace(t *testing.T) {
	each(t, func(t *testing.T, inv *inventory.Service) {
		if err := inv.Reserve(t.Context(), reservation(1, "sku-1", 47)); err != nil { // leaves 10
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for i := range 64 {
			wg.Go(func() {
				err := inv.Reserve(context.Background(), reservation(int64(100+i), "sku-1", 1))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won++
				case !problem.Is(err, http.StatusConflict):
					t.Errorf("got %v, want nil or 409", err)
				}
			})
		}
		wg.Wait()
		if got := left(t, inv, "sku-1"); won != 10 || got != 0 {
			t.Errorf("%d won and %d are left, want 10 and 0", won, got)
		}
	})
}
