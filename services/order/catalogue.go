package order

import (
	"context"
	"iter"

	"spanwise/internal/fault"
	"spanwise/internal/rest"
	"spanwise/pricing"
)

// Catalogue returns the products whose name contains q, page by page as pricing hands them out. It ends with the
// first error.
func (s *Service) Catalogue(ctx context.Context, q string) iter.Seq2[[]pricing.Product, error] {
	size := rest.MaxLimit
	if fault.Page.Of(ctx) == "10" {
		size = 10
	}
	return func(yield func([]pricing.Product, error) bool) {
		for after, more := "", true; more; {
			var page []pricing.Product
			var err error
			page, more, err = s.pricing.Products(ctx, q, after, size)
			if !yield(page, err) || err != nil {
				return
			}
			if more {
				after = page[len(page)-1].SKU
			}
		}
	}
}
