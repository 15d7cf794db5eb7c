package inventory

import (
	"context"

	"spanwise/internal/database"
	"spanwise/internal/fault"
)

// The same work, done the slow ways that a request may ask for.

// A slowStore is a store that runs a query per row if the request asks for it.
type slowStore struct{ store }

func (s slowStore) stock(ctx context.Context, skus []string) ([]Stock, error) {
	if fault.Rows.Of(ctx) != "each" {
		return s.store.stock(ctx, skus)
	}
	var all []Stock
	for _, sku := range skus {
		one, err := database.Query(ctx, s.db, fields, "SELECT sku, available FROM stock WHERE sku = $1", sku)
		if err != nil {
			return nil, err
		}
		all = append(all, one...)
	}
	return all, nil
}
