package pricing

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/fault"
	"spanwise/internal/problem"
	"spanwise/inventory"
)

// A withFallback takes everything for scarce when the inventory cannot tell and the request prefers that to an
// error: a quote without discount rather than none. The failure stays visible where it happened.
type withFallback struct{ Stocker }

func (f withFallback) Stock(ctx context.Context, skus []string) ([]inventory.Stock, error) {
	stock, err := f.Stocker.Stock(ctx, skus)
	if err == nil || fault.Fallback.Of(ctx) != "scarce" || problem.From(err).Status < http.StatusInternalServerError {
		return stock, err
	}
	trace.SpanFromContext(ctx).AddEvent("stock unknown: no discounts")
	stock = make([]inventory.Stock, len(skus))
	for i, sku := range skus {
		stock[i].SKU = sku
	}
	return stock, nil
}
