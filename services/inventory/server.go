package inventory

import (
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/database"
	"spanwise/internal/fault"
	"spanwise/internal/problem"
	"spanwise/internal/rest"
	"spanwise/internal/telemetry"
)

// NewServer returns the inventory's API over db. faults lets requests slow themselves down.
func NewServer(db *database.DB, tel *telemetry.Telemetry, faults bool) http.Handler {
	s := server{New(db)}
	return rest.NewRouter(tel, db.PingContext, func(r chi.Router) {
		r.Use(fault.Middleware("inventory", faults, rest.Fail))
		r.Get("/stock/{sku}", rest.Handle(s.one))
		r.Get("/stock", rest.Handle(s.many))
		r.Post("/reservations", rest.Handle(s.reserve))
		r.Delete("/reservations/{order}", rest.Handle(s.release))
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
	trace.SpanFromContext(r.Context()).SetAttributes(attribute.String("shop.sku", stock[0].SKU))
	return rest.Answer(w, http.StatusOK, stock[0])
}

func (s server) many(w http.ResponseWriter, r *http.Request) error {
	skus := r.URL.Query()["sku"]
	trace.SpanFromContext(r.Context()).SetAttributes(attribute.Int("shop.lines", len(skus)))
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
	trace.SpanFromContext(r.Context()).SetAttributes(
		attribute.Int64("shop.order.id", reservation.Order), attribute.Int("shop.lines", len(reservation.Lines)))
	if err := s.Reserve(r.Context(), reservation); err != nil {
		return err
	}
	return rest.Answer(w, http.StatusCreated, reservation)
}

func (s server) release(w http.ResponseWriter, r *http.Request) error {
	order, err := strconv.ParseInt(r.PathValue("order"), 10, 64)
	if err != nil {
		return problem.New(http.StatusBadRequest, "%.80q is no order number", r.PathValue("order"))
	}
	trace.SpanFromContext(r.Context()).SetAttributes(attribute.Int64("shop.order.id", order))
	if err := s.Release(r.Context(), order); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
