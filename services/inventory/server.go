package inventory

import (
	"context"
	_ "embed"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

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
		r.Use(fault.Middleware("inventory", faults, []string{"sku"}, rest.Fail))
		r.Get("/stock/{sku}", rest.Handle(s.one))
		r.Get("/stock", rest.Handle(s.many))
		r.Post("/reservations", rest.Handle(s.reserve))
		r.Delete("/reservations/{order}", rest.Handle(s.release))
		r.Get("/openapi.yaml", rest.Document("application/yaml", description))
	})
}

type server struct{ *Service }

// batch is the body of GET /stock.
type batch struct {
	Stock []Stock `json:"stock"`
}

func (s server) one(w http.ResponseWriter, r *http.Request) error {
	stock, err := s.Stock(r.Context(), []string{r.PathValue("sku")})
	if err != nil {
		return err
	}
	step.Describe(r.Context(), step.SKU(stock[0].SKU))
	return rest.Answer(w, http.StatusOK, stock[0])
}

func (s server) many(w http.ResponseWriter, r *http.Request) error {
	skus := r.URL.Query()["sku"]
	step.Describe(r.Context(), step.Lines(len(skus)))
	stock, err := s.Stock(r.Context(), skus)
	if err != nil {
		return err
	}
	return rest.Answer(w, http.StatusOK, batch{stock})
}

func (s server) reserve(w http.ResponseWriter, r *http.Request) error {
	reservation, err := rest.Decode[Reservation](w, r)
	if err != nil {
		return err
	}
	step.Describe(r.Context(), step.Order(reservation.Order), step.Lines(len(reservation.Lines)))
	if err := s.Reserve(r.Context(), reservation); err != nil {
		return err
	}
	return rest.Answer(w, http.StatusCreated, reservation)
}

func (s server) release(w http.ResponseWriter, r *http.Request) error {
	order, err := strconv.ParseInt(r.PathValue("order"), 10, 64)
	if err != nil {
		return problem.Invalid("%.80q is not an order number", r.PathValue("order"))
	}
	step.Describe(r.Context(), step.Order(order))
	if err := s.Release(r.Context(), order); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
