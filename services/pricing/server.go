package pricing

import (
	"context"
	_ "embed"
	"net/http"

	"github.com/go-chi/chi/v5"

	"spanwise/internal/fault"
	"spanwise/internal/rest"
	"spanwise/internal/step"
	"spanwise/internal/telemetry"
	"spanwise/inventory"
)

// description is the API of the service, as its callers see it.
//
//go:embed openapi.yaml
var description []byte

// NewServer returns the API of svc. ready reports whether it can do its work; faults lets requests slow themselves down.
func NewServer(svc *Service, ready func(context.Context) error, tel *telemetry.Telemetry, faults bool) http.Handler {
	s := server{svc}
	return rest.NewRouter(tel, ready, func(r chi.Router) {
		r.Use(fault.Middleware("pricing", faults, []string{"sku", "q", "name", "limit", "after"}, rest.Fail))
		r.Get("/prices/{sku}", rest.Handle(s.one))
		r.Get("/prices", rest.Handle(s.many))
		r.Post("/quotes", rest.Handle(s.quote))
		r.Get("/products", rest.Handle(s.productsAsAsked))
		r.Get("/openapi.yaml", rest.Document("application/yaml", description))
	})
}

type server struct{ *Service }

// batch is the body of GET /prices.
type batch struct {
	Prices []Price `json:"prices"`
}

// quoteRequest is the body of POST /quotes.
type quoteRequest struct {
	Lines []inventory.Line `json:"lines"`
}

// productPage is the body of GET /products.
type productPage struct {
	Products []Product `json:"products"`
	Next     string    `json:"next,omitempty"` // the address of the next page; empty on the last
}

func (s server) one(w http.ResponseWriter, r *http.Request) error {
	prices, err := s.Prices(r.Context(), []string{r.PathValue("sku")})
	if err != nil {
		return err
	}
	step.Describe(r.Context(), step.SKU(prices[0].SKU))
	return rest.Answer(w, http.StatusOK, prices[0])
}

func (s server) many(w http.ResponseWriter, r *http.Request) error {
	skus := r.URL.Query()["sku"]
	step.Describe(r.Context(), step.Lines(len(skus)))
	prices, err := s.Prices(r.Context(), skus)
	if err != nil {
		return err
	}
	return rest.Answer(w, http.StatusOK, batch{prices})
}

func (s server) quote(w http.ResponseWriter, r *http.Request) error {
	request, err := rest.Decode[quoteRequest](w, r)
	if err != nil {
		return err
	}
	quote, err := s.Quote(r.Context(), request.Lines)
	if err != nil {
		return err
	}
	step.Describe(r.Context(), step.Lines(len(quote.Lines)), step.Total(quote.Total.Cents))
	return rest.Answer(w, http.StatusOK, quote)
}

func (s server) products(w http.ResponseWriter, r *http.Request, page rest.Page) error {
	body, err := s.page(r, page)
	if err != nil {
		return err
	}
	return rest.Answer(w, http.StatusOK, body)
}

func (s server) page(r *http.Request, page rest.Page) (productPage, error) {
	products, err := s.find(r, page)
	return newPage(r, page, products), err
}

// find returns a page of the products that a request asks for, by name or by part of it.
func (s server) find(r *http.Request, page rest.Page) ([]Product, error) {
	if r.URL.Query().Has("name") {
		return s.Named(r.Context(), r.FormValue("name"), page.After, page.Limit)
	}
	return s.Products(r.Context(), r.FormValue("q"), page.After, page.Limit)
}

// newPage returns the body with these products, and the address of the next page unless this is the last.
func newPage(r *http.Request, page rest.Page, products []Product) productPage {
	body := productPage{Products: products}
	if n := len(products); n > 0 && n == page.Limit {
		body.Next = page.Next(r, products[n-1].SKU)
	}
	return body
}
