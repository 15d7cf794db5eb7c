package inventory_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"spanwise/internal/database"
	"spanwise/internal/database/databasetest"
	"spanwise/internal/problem"
	"spanwise/internal/spantest"
	"spanwise/inventory"
)

// However reservations and releases of the same products race at two instances, and however often each is repeated, an order
// takes its stock once and returns it once, and none of them fails.
func TestTwoInstances(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		config := database.Config{Service: "inventory", URL: newURL(), Dir: t.TempDir(), Wait: time.Minute, Migrations: inventory.Migrations}
		instances := make([]*inventory.Service, 2)
		for i := range instances {
			db, err := database.Open(t.Context(), config, spantest.New().Telemetry("inventory", t.Output()))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			instances[i] = inventory.New(db)
		}
		const orders = 20
		skus := []string{"sku-1", "sku-2", "sku-3", "sku-4", "sku-5", "sku-6"}
		before := make(map[string]int)
		for _, sku := range skus {
			before[sku] = left(t, instances[0], sku)
		}
		var all sync.WaitGroup
		for n := range orders {
			r := inventory.Reservation{Order: int64(n + 1)}
			for _, i := range rand.Perm(len(skus)) {
				r.Lines = append(r.Lines, inventory.Line{SKU: skus[i], Quantity: 1})
			}
			for _, inv := range instances {
				all.Go(func() {
					if err := inv.Reserve(t.Context(), r); err != nil && !problem.Is(err, 409) {
						t.Errorf("reserve: got %v", err)
					}
				})
				if n%2 == 0 {
					all.Go(func() {
						if err := inv.Release(t.Context(), r.Order); err != nil {
							t.Errorf("release: got %v", err)
						}
					})
				}
			}
		}
		all.Wait()
		for _, sku := range skus {
			if got, want := left(t, instances[1], sku), before[sku]-orders/2; got != want {
				t.Errorf("%s: got %d, want %d", sku, got, want)
			}
		}
	})
}
