package pricing_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spanwise/internal/database"
	"spanwise/internal/database/databasetest"
	"spanwise/internal/problem"
	"spanwise/internal/spantest"
	"spanwise/inventory"
	"spanwise/pricing"
	"spanwise/pricing/cache"
)

// A shelf is a fake inventory: the stock of each product.
type shelf map[string]int

func (s shelf) Stock(_ context.Context, skus []string) ([]inventory.Stock, error) {
	all := make([]inventory.Stock, len(skus))
	for i, sku := range skus {
		all[i] = inventory.Stock{SKU: sku, Available: s[sku]}
	}
	return all, nil
}

// each runs f on a freshly seeded pricing in each kind of database.
func each(t *testing.T, stock shelf, f func(t *testing.T, p *pricing.Service)) {
	databasetest.Each(t, func(t *testing.T, newURL func() string) {
		config := database.Config{Service: "pricing", URL: newURL(), Dir: t.TempDir(), Wait: time.Minute, Migrations: pricing.Migrations}
		tel := spantest.New().Telemetry("pricing", t.Output())
		db, err := database.Open(t.Context(), config, tel)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		kept, err := cache.Open("", tel)
		if err != nil {
			t.Fatal(err)
		}
		f(t, pricing.New(db, stock, kept))
	})
}

// A quoted line is unit price times quantity, less a discount by quantity unless the product is scarce, plus tax by class, rounded half up.
func TestQuote(t *testing.T) {
	stock := shelf{"sku-7": 300, "sku-8": 9, "sku-10": 10}
	each(t, stock, func(t *testing.T, p *pricing.Service) {
		got, err := p.Quote(t.Context(), []inventory.Line{{SKU: "sku-7", Quantity: 9}, {SKU: "sku-8", Quantity: 10}, {SKU: "sku-10", Quantity: 50}})
		if err != nil {
			t.Fatal(err)
		}
		e := pricing.Euros
		want := pricing.Quote{Lines: []pricing.QuotedLine{
			{Line: inventory.Line{SKU: "sku-7", Quantity: 9}, Unit: e(333), Discount: e(0), Tax: e(569), Total: e(3566)},            // 2997: no discount below 10; 19 %
			{Line: inventory.Line{SKU: "sku-8", Quantity: 10}, Unit: e(1352), Discount: e(0), Tax: e(2569), Total: e(16089)},        // 13520: scarce; 2568.8
			{Line: inventory.Line{SKU: "sku-10", Quantity: 50}, Unit: e(3390), Discount: e(16950), Tax: e(10679), Total: e(163229)}, // 169500: 10 %; 7 % of 152550 is 10678.5
		}, Discount: e(16950), Tax: e(13817), Total: e(182884)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// The pages of the catalogue have no gaps or overlaps; a search finds parts of names in any case, and % is literal.
func TestProducts(t *testing.T) {
	each(t, nil, func(t *testing.T, p *pricing.Service) {
		seen, after := map[string]bool{}, ""
		for {
			page, err := p.Products(t.Context(), "oak", after, 30)
			if err != nil {
				t.Fatal(err)
			}
			for _, product := range page {
				if seen[product.SKU] || product.Price.Currency != pricing.Currency {
					t.Errorf("got %+v twice or without currency", product)
				}
				seen[product.SKU] = true
			}
			if len(page) < 30 {
				break
			}
			after = page[len(page)-1].SKU
		}
		if len(seen) != 100 {
			t.Errorf("got %d products made of oak, want 100", len(seen))
		}
		if page, err := p.Products(t.Context(), "%", "", 10); len(page) != 0 || err != nil {
			t.Errorf("got %v, %v for %%, want nothing", page, err)
		}
	})
}

// Prices are returned in the order of the request; an unknown product is a 404.
func TestPrices(t *testing.T) {
	each(t, nil, func(t *testing.T, p *pricing.Service) {
		got, err := p.Prices(t.Context(), []string{"sku-8", "sku-7"})
		want := []pricing.Price{{SKU: "sku-8", Price: pricing.Euros(1352)}, {SKU: "sku-7", Price: pricing.Euros(333)}}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if _, err := p.Prices(t.Context(), []string{"sku-7", "sku-0"}); !problem.Is(err, 404) {
			t.Errorf("got %v, want 404", err)
		}
	})
}
