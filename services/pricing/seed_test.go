package pricing

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spanwise/internal/database"
	"spanwise/internal/database/databasetest"
	"spanwise/internal/spantest"
)

// Seed fills the catalogue to exactly that many products, makes them by the rule that made the first thousand, and changes
// nothing when it is repeated.
func TestSeed(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		ctx := t.Context()
		db, err := database.Open(ctx, database.Config{Service: "pricing", URL: newURL(), Dir: t.TempDir(), Wait: time.Minute, Migrations: Migrations},
			spantest.New().Telemetry("pricing", io.Discard))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		first := read(ctx, t, db)

		var seen []int
		for range 2 {
			if err := Seed(ctx, db, 4_500, func(done int) { seen = append(seen, done) }); err != nil {
				t.Fatal(err)
			}
		}
		if want := []int{3_000, 4_500, 3_000, 4_500}; !cmp.Equal(seen, want) {
			t.Errorf("progress: got %v, want %v", seen, want)
		}
		all := read(ctx, t, db)
		if len(all) != 4_500 {
			t.Errorf("got %d products, want 4,500", len(all))
		}
		want := Product{SKU: "sku-4499", Name: "Clay Vase No. 4499", Description: "A Vase made of Clay, the 4499th of our collection.",
			TaxClass: "standard", Price: Euros(100 + 4499*7919%6900)}
		if diff := cmp.Diff(want, all["sku-4499"]); diff != "" {
			t.Errorf("sku-4499 (-want +got):\n%s", diff)
		}

		if _, err := db.ExecContext(ctx, "DELETE FROM products"); err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(ctx, seed, 1, Catalogue); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, read(ctx, t, db)); diff != "" {
			t.Errorf("the first thousand, made by Seed's rule (-migration +seed):\n%s", diff)
		}
	})
}

func read(ctx context.Context, t *testing.T, db *database.DB) map[string]Product {
	t.Helper()
	all, err := New(db, nil, nil).Products(ctx, "", "", MaxCatalogue)
	if err != nil {
		t.Fatal(err)
	}
	bySKU := make(map[string]Product, len(all))
	for _, p := range all {
		bySKU[p.SKU] = p
	}
	return bySKU
}

// A size out of range is refused before anything is written.
func TestSeedRefuses(t *testing.T) {
	for _, n := range []int{-1, 0, 999, MaxCatalogue + 1} {
		if err := Seed(t.Context(), nil, n, nil); err == nil {
			t.Errorf("Seed to %d products: got no error", n)
		}
	}
}
