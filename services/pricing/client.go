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

// A Client is the pricing seen from another service. Its methods return the errors of [Service]'s, and a
// 5xx that names the pricing when it does not do its work. It is safe for concurrent use.
type Client struct{ rest *rest.Client }

// NewClient returns a client of the pricing at base, such as http://localhost:8082.
func NewClient(base string, tel *telemetry.Telemetry, transport *http.Transport) *Client {
	return &Client{rest.NewClient("pricing", base, tel, transport)}
}

// One returns the price of one product.
func (c *Client) One(ctx context.Context, sku string) (Price, error) {
	return rest.Do[Price](ctx, c.rest, rest.Call{Method: http.MethodGet, Path: "/prices/{sku}", Vars: []string{sku}})
}

// Prices returns the price of each product, in the order asked, in one call.
func (c *Client) Prices(ctx context.Context, skus []string) ([]Price, error) {
	b, err := rest.Do[batch](ctx, c.rest, rest.Call{Method: http.MethodGet, Path: "/prices", Query: url.Values{"sku": skus}})
	return b.Prices, err
}

// Products returns a page of the products whose name contains q, from the one after that SKU on, and whether more follow.
func (c *Client) Products(ctx context.Context, q, after string, limit int) (products []Product, more bool, err error) {
	query := url.Values{"q": {q}, "after": {after}, "limit": {strconv.Itoa(limit)}}
	page, err := rest.Do[productPage](ctx, c.rest, rest.Call{Method: http.MethodGet, Path: "/products", Query: query})
	return page.Products, page.Next != "", err
}

// Quote prices an order.
func (c *Client) Quote(ctx context.Context, lines []inventory.Line) (Quote, error) {
	return rest.Do[Quote](ctx, c.rest, rest.Call{Method: http.MethodPost, Path: "/quotes", Body: quoteRequest{lines}})
}
