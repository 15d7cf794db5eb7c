package inventory

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"spanwise/internal/rest"
	"spanwise/internal/telemetry"
)

// A Client calls the inventory from another service. Its methods return the errors of [Service]'s, and a 5xx that names
// inventory if it fails. It is safe for concurrent use.
type Client struct{ rest *rest.Client }

// NewClient returns a client of the inventory at base, such as http://localhost:8081.
func NewClient(base string, tel *telemetry.Telemetry, transport *http.Transport) *Client {
	return &Client{rest.NewClient("inventory", base, tel, transport)}
}

// One returns the stock of one product.
func (c *Client) One(ctx context.Context, sku string) (Stock, error) {
	return rest.Get[Stock](ctx, c.rest, "/stock/{sku}", nil, sku)
}

// Stock returns the stock of each product, in the order of skus, with one call.
func (c *Client) Stock(ctx context.Context, skus []string) ([]Stock, error) {
	b, err := rest.Get[batch](ctx, c.rest, "/stock", url.Values{"sku": skus})
	return b.Stock, err
}

// Reserve takes all lines of a reservation out of the stock, or none.
func (c *Client) Reserve(ctx context.Context, r Reservation) error {
	_, err := rest.Post[Reservation](ctx, c.rest, "/reservations", r)
	return err
}

// Release returns what is reserved for an order to the stock.
func (c *Client) Release(ctx context.Context, order int64) error {
	return rest.Delete(ctx, c.rest, "/reservations/{order}", strconv.FormatInt(order, 10))
}
