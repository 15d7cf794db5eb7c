package rest

import (
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/propagation"

	"spanwise/internal/telemetry"
)

// instrument returns a middleware that makes a span and metrics of each request, except for health probes. If telemetry is
// disabled, it only reads the baggage.
func instrument(tel *telemetry.Telemetry) func(http.Handler) http.Handler {
	if !tel.Enabled() {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ctx := tel.Propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
				next.ServeHTTP(w, r.WithContext(ctx))
			})
		}
	}
	return otelhttp.NewMiddleware("request",
		otelhttp.WithTracerProvider(reasons{tel.Traces}),
		otelhttp.WithMeterProvider(tel.Metrics),
		otelhttp.WithPropagators(tel.Propagator),
		otelhttp.WithFilter(func(r *http.Request) bool { return !isProbe(r) }))
}

// instrumentCalls returns a transport that makes a span and metrics of each call. If telemetry is disabled, it
// only sends the baggage.
func instrumentCalls(tel *telemetry.Telemetry, next transport) http.RoundTripper {
	if !tel.Enabled() {
		return propagating{next, tel.Propagator}
	}
	return otelhttp.NewTransport(next,
		otelhttp.WithTracerProvider(tel.Traces),
		otelhttp.WithMeterProvider(tel.Metrics),
		otelhttp.WithPropagators(tel.Propagator),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return r.Method + " " + route(r) }))
}

// propagating is a transport that adds the headers of a propagator to requests that are made for it.
type propagating struct {
	transport
	propagator propagation.TextMapPropagator
}

func (p propagating) RoundTrip(r *http.Request) (*http.Response, error) {
	p.propagator.Inject(r.Context(), propagation.HeaderCarrier(r.Header))
	return p.transport.RoundTrip(r)
}
