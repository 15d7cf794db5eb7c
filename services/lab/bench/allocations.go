package bench

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-chi/chi/v5"
	metric "go.opentelemetry.io/otel/metric/noop"
	trace "go.opentelemetry.io/otel/trace/noop"

	"spanwise/internal/fault"
	"spanwise/internal/rest"
	"spanwise/internal/telemetry"
)

// allocations compares a handler of the services with and without the fault middleware, for a request without faults.
func (b *bench) allocations(context.Context) error {
	b.say("allocations of a handler with and without faults")
	without := perRequest(func(chi.Router) {})
	for _, enabled := range []bool{false, true} {
		with := perRequest(func(r chi.Router) { r.Use(fault.Middleware("order", enabled, rest.Fail)) })
		name := map[bool]string{false: "off", true: "on, not asked for"}[enabled]
		f := Figure{Name: "allocations that faults add to a request (" + name + ")", Value: float64(with - without), Unit: "allocations"}
		f.Target, f.Met = "0 allocations", with <= without
		b.figures = append(b.figures, f)
	}
	return nil
}

// perRequest returns the allocations of one request to a route behind the router of the services.
func perRequest(prepare func(chi.Router)) int64 {
	tel := &telemetry.Telemetry{
		Traces: trace.NewTracerProvider(), Metrics: metric.NewMeterProvider(), Propagator: telemetry.Propagator(),
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	handler := rest.NewRouter(tel, func(context.Context) error { return nil }, func(r chi.Router) {
		prepare(r)
		r.Get("/orders/{id}", rest.Handle(func(w http.ResponseWriter, r *http.Request) error {
			return rest.Answer(w, http.StatusOK, struct{}{})
		}))
	})
	result := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
		}
	})
	return result.AllocsPerOp()
}
