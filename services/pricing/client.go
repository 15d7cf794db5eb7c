package pricing

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"spanwise/internal/rest"
	"spanwise/internal/telemetry"
	"spanwise/inventory"
)

// A Client calls the pricing from another service. Its methods return the errors of [Service]'s, and a 5xx that names
// pricing if it fails. It is safe for concurrent use.
type Client struct{ rest *rest.Client }

// NewClient returns a client of the pricing at base, such as http://localhost:8082.
func NewClient(base string, tel *telemetry.Telemetry, transport *http.Transport) *Client {
	return &Client{rest.NewClient("pricing", base, tel, transport)}
}

// One returns the price of one product.
func (c *Client) One(ctx context.Context, sku string) (Price, error) {
	return rest.Get[Price](ctx, c.rest, "/prices/{sku}", nil, sku)
}

// Prices returns the price of each product, in the order of skus, with one call.
func (c *Client) Prices(ctx context.Context, skus []string) ([]Price, error) {
	b, err := rest.Get[batch](ctx, c.rest, "/prices", url.Values{"sku": skus})
	return b.Prices, err
}

// Products returns up to limit products whose name contains q and whose SKU is greater than after, and whether there are
// more.
func (c *Client) Products(ctx context.Context, q, after string, limit int) (products []Product, more bool, err error) {
	page, err := rest.Get[productPage](ctx, c.rest, "/products", url.Values{"q": {q}, "after": {after}, "limit": {strconv.Itoa(limit)}})
	return page.Products, page.Next != "", err
}

// Quote prices an order.
func (c *Client) Quote(ctx context.Context, lines []inventory.Line) (Quote, error) {
	return rest.Post[Quote](ctx, c.rest, "/quotes", quoteRequest{lines})
}
