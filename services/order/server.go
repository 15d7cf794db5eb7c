package order

import (
	"context"
	_ "embed"
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

// description is the API of the service, as its callers see it.
//
//go:embed openapi.yaml
var description []byte

// NewServer returns the API of svc. ready reports whether it can do its work; faults lets requests slow themselves down.
func NewServer(svc *Service, ready func(context.Context) error, tel *telemetry.Telemetry, faults bool) http.Handler {
	s := server{svc}
	return rest.NewRouter(tel, ready, func(r chi.Router) {
		r.Use(fault.Middleware("order", faults, []string{"customer", "q", "limit", "after"}, rest.Fail))
		r.Post("/orders", rest.Handle(s.place))
		r.Get("/orders", rest.Handle(s.list))
		r.Get("/orders/search", rest.Handle(s.search))
		r.Get("/orders/{id}", rest.Handle(byNumber(s.Get)))
		r.Get("/orders/{id}/quote", rest.Handle(byNumber(s.Quote)))
		r.Post("/orders/{id}/cancel", rest.Handle(byNumber(s.Cancel)))
		r.Get("/catalogue", rest.Handle(s.catalogue))
		r.Get("/openapi.yaml", rest.Document("application/yaml", description))
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
	w.Header().Set("Location", fmt.Sprintf("/orders/%d", o.ID))
	return rest.Answer(w, http.StatusCreated, o)
}

// byNumber returns a handler that answers with what f returns for the order in the path.
func byNumber[T any](f func(ctx context.Context, id int64) (T, error)) func(w http.ResponseWriter, r *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
		if err != nil {
			return problem.Invalid("%.80q is not an order number", r.PathValue("id"))
		}
		v, err := f(r.Context(), id)
		if err != nil {
			return err
		}
		return rest.Answer(w, http.StatusOK, v)
	}
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
