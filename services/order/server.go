package order

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"
	"go.opentelemetry.io/otel/attribute"

	"spanwise/internal/fault"
	"spanwise/internal/problem"
	"spanwise/internal/rest"
	"spanwise/internal/step"
	"spanwise/internal/telemetry"
)

// NewServer returns the API of svc. ready reports whether it can do its work; faults lets requests slow themselves down.
func NewServer(svc *Service, ready func(context.Context) error, tel *telemetry.Telemetry, faults bool) http.Handler {
	s := server{svc}
	return rest.NewRouter(tel, ready, func(r chi.Router) {
		r.Use(fault.Middleware("order", faults, rest.Fail))
		r.Post("/orders", rest.Handle(s.place))
		r.Get("/orders", rest.Handle(s.list))
		r.Get("/orders/search", rest.Handle(s.search))
		r.Get("/orders/{id}", rest.Handle(s.get))
		r.Get("/catalogue", rest.Handle(s.catalogue))
		r.Get("/orders/{id}/quote", rest.Handle(s.quote))
		r.Post("/orders/{id}/cancel", rest.Handle(s.cancel))
	})
}

type server struct{ *Service }

// maxKey is the maximum length of an idempotency key, in bytes.
const maxKey = 200

// page is the body of GET /orders.
type page struct {
	Orders []Order `json:"orders"`
	Next   string  `json:"next,omitempty"` // the address of the next page; empty on the last
}

func (s server) place(w http.ResponseWriter, r *http.Request) error {
	key := r.Header.Get("Idempotency-Key")
	if len(key) > maxKey {
		return problem.Invalid("the idempotency key has %d bytes; the maximum is %d", len(key), maxKey)
	}
	if err := rest.CheckText("the idempotency key", key); err != nil {
		return err
	}
	placement, err := rest.Decode[Placement](w, r)
	if err != nil {
		return err
	}
	o, err := s.Place(r.Context(), key, placement)
	if err != nil {
		return err
	}
	describe(r, o)
	step.Describe(r.Context(), step.Total(o.Charged.Cents))
	w.Header().Set("Location", fmt.Sprintf("/orders/%d", o.ID))
	return rest.Answer(w, http.StatusCreated, o)
}

func (s server) get(w http.ResponseWriter, r *http.Request) error {
	id, err := number(r)
	if err != nil {
		return err
	}
	view, err := s.Get(r.Context(), id)
	if err != nil {
		return err
	}
	describe(r, view.Order)
	step.Describe(r.Context(), step.Total(view.Total.Cents))
	return rest.Answer(w, http.StatusOK, view)
}

func (s server) quote(w http.ResponseWriter, r *http.Request) error {
	id, err := number(r)
	if err != nil {
		return err
	}
	quote, err := s.Quote(r.Context(), id)
	if err != nil {
		return err
	}
	step.Describe(r.Context(), step.Order(id), step.Lines(len(quote.Lines)), step.Total(quote.Total.Cents))
	return rest.Answer(w, http.StatusOK, quote)
}

func (s server) cancel(w http.ResponseWriter, r *http.Request) error {
	id, err := number(r)
	if err != nil {
		return err
	}
	o, err := s.Cancel(r.Context(), id)
	if err != nil {
		return err
	}
	describe(r, o)
	return rest.Answer(w, http.StatusOK, o)
}

func (s server) list(w http.ResponseWriter, r *http.Request) error {
	p, err := rest.ReadPage(r)
	if err != nil {
		return err
	}
	var after int64
	if p.After != "" {
		if after, err = strconv.ParseInt(p.After, 10, 64); err != nil {
			return problem.Invalid("after=%.80s: want the number of the last order (for example after=20)", p.After)
		}
	}
	orders, err := s.List(r.Context(), r.URL.Query().Get("customer"), after, p.Limit)
	if err != nil {
		return err
	}
	body := page{Orders: orders}
	if len(orders) == p.Limit {
		body.Next = p.Next(r, strconv.FormatInt(orders[len(orders)-1].ID, 10))
	}
	return rest.Answer(w, http.StatusOK, body)
}

func (s server) search(w http.ResponseWriter, r *http.Request) error {
	p, err := rest.ReadPage(r)
	if err != nil {
		return err
	}
	orders, err := s.Search(r.Context(), r.URL.Query().Get("q"), p.Limit)
	if err != nil {
		return err
	}
	return rest.Answer(w, http.StatusOK, page{Orders: orders})
}

func (s server) catalogue(w http.ResponseWriter, r *http.Request) error {
	n, err := rest.Lines(w, r, s.Catalogue(r.Context(), r.URL.Query().Get("q"), pageSize(r.Context())))
	step.Describe(r.Context(), attribute.Int("shop.products", n))
	return err
}

func number(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, problem.Invalid("%.80q is not an order number", r.PathValue("id"))
	}
	return id, nil
}

func describe(r *http.Request, o Order) {
	step.Describe(r.Context(), step.Order(o.ID), step.Customer(o.Customer), step.Lines(len(o.Lines)))
}
