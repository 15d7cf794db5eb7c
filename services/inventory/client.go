package inventory

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"spanwise/internal/rest"
	"spanwise/internal/telemetry"
)

// A Client is the inventory seen from another service. Its methods return the errors of [Service]'s, and a
// 5xx that names the inventory when it does not do its work. It is safe for concurrent use.
type Client struct{ rest *rest.Client }

// NewClient returns a client of the inventory at base, such as http://localhost:8081.
func NewClient(base string, tel *telemetry.Telemetry, transport *http.Transport) *Client {
	return &Client{rest.NewClient("inventory", base, tel, transport)}
}

// One returns the stock of one product.
func (c *Client) One(ctx context.Context, sku string) (Stock, error) {
	return rest.Do[Stock](ctx, c.rest, rest.Call{Method: http.MethodGet, Path: "/stock/{sku}", Vars: []string{sku}})
}

// Stock returns the stock of each product, in the order asked, in one call.
func (c *Client) Stock(ctx context.Context, skus []string) ([]Stock, error) {
	b, err := rest.Do[batch](ctx, c.rest, rest.Call{Method: http.MethodGet, Path: "/stock", Query: url.Values{"sku": skus}})
	return b.Stock, err
}

// Reserve takes all lines of a reservation out of the stock, or none.
func (c *Client) Reserve(ctx context.Context, r Reservation) error {
	_, err := rest.Do[Reservation](ctx, c.rest, rest.Call{Method: http.MethodPost, Path: "/reservations", Body: r})
	return err
}

// Release puts what is reserved for an order back into the stock.
func (c *Client) Release(ctx context.Context, order int64) error {
	_, err := rest.Do[struct{}](ctx, c.rest, rest.Call{
		Method: http.MethodDelete, Path: "/reservations/{order}", Vars: []string{strconv.FormatInt(order, 10)},
	})
	return err
}
