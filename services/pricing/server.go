package pricing

import (
	"context"
	"iter"
	"net/http"

	"github.com/go-chi/chi/v5"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/database"
	"spanwise/internal/fault"
	"spanwise/internal/rest"
	"spanwise/internal/telemetry"
	"spanwise/inventory"
	"spanwise/pricing/cache"
)

// NewServer returns the pricing's API over db, the inventory and a cache. faults lets requests slow themselves down.
func NewServer(db *database.DB, stock Stocker, prices cache.Cache, tel *telemetry.Telemetry, faults bool) http.Handler {
	s := server{New(db, stock, prices), lists{prices}}
	return rest.NewRouter(tel, db.PingContext, func(r chi.Router) {
		r.Use(fault.Middleware("pricing", faults, rest.Fail))
		r.Get("/prices/{sku}", rest.Handle(s.one))
		r.Get("/prices", rest.Handle(s.many))
		r.Post("/quotes", rest.Handle(s.quote))
		r.Get("/products", rest.Handle(s.products))
	})
}

type server struct {
	*Service
	lists lists
}

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
	Next     string    `json:"next,omitempty"` // where the next page is; empty on the last
}

func (s server) one(w http.ResponseWriter, r *http.Request) error {
	prices, err := s.Prices(r.Context(), []string{r.PathValue("sku")})
	if err != nil {
		return err
	}
	trace.SpanFromContext(r.Context()).SetAttributes(attribute.String("shop.sku", prices[0].SKU))
	return rest.Answer(w, http.StatusOK, prices[0])
}

func (s server) many(w http.ResponseWriter, r *http.Request) error {
	skus := r.URL.Query()["sku"]
	trace.SpanFromContext(r.Context()).SetAttributes(attribute.Int("shop.lines", len(skus)))
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
	trace.SpanFromContext(r.Context()).SetAttributes(
		attribute.Int("shop.lines", len(quote.Lines)), attribute.Int64("shop.total", quote.Total.Cents))
	return rest.Answer(w, http.StatusOK, quote)
}

func (s server) products(w http.ResponseWriter, r *http.Request) error {
	page, err := rest.ReadPage(r)
	if err != nil {
		return err
	}
	if fault.Page.Of(r.Context()) == "all" {
		page.Limit = everything
	}
	return s.lists.answer(w, r, page, func(ctx context.Context, page rest.Page) iter.Seq2[Product, error] {
		if r.URL.Query().Has("name") {
			return s.Named(ctx, r.FormValue("name"), page.After, page.Limit)
		}
		return s.Products(ctx, r.FormValue("q"), page.After, page.Limit)
	})
}
