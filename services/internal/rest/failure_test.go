package rest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"spanwise/internal/problem"
	"spanwise/internal/rest"
	"spanwise/internal/spantest"
)

// Of every request that fails, the server span has the reason, and the metric counts it, even if the answer was cut off. A
// request that is refused has not failed.
func TestFailuresAreOnTheSpan(t *testing.T) {
	tests := map[string]struct {
		handle func(w http.ResponseWriter, r *http.Request) error
		reason string // "" if the span is not marked as failed
		torn   bool
	}{
		"whole":   {func(w http.ResponseWriter, r *http.Request) error { return rest.Answer(w, 200, thing{"a"}) }, "", false},
		"refused": {func(http.ResponseWriter, *http.Request) error { return problem.Invalid("no such color") }, "", false},
		"broken":  {func(http.ResponseWriter, *http.Request) error { return errors.New("disk is full") }, "disk is full", false},
		"behind": {func(http.ResponseWriter, *http.Request) error {
			return problem.Unavailable("stock cannot be reached").Because(errors.New("refused")).From("stock")
		}, "stock cannot be reached: refused", false},
		"panic": {func(http.ResponseWriter, *http.Request) error { panic("index out of range") }, "panic: index out of range", false},
		"panic in the answer": {func(w http.ResponseWriter, _ *http.Request) error {
			io.WriteString(w, "a part ")
			panic("index out of range")
		}, "panic: index out of range", true},
		"torn": {func(w http.ResponseWriter, r *http.Request) error {
			_, err := rest.Lines(w, r, func(yield func([]thing, error) bool) {
				_ = yield([]thing{{"a"}, {"b"}}, nil) && yield(nil, errors.New("the database went away"))
			})
			return err
		}, "after 2 items: the database went away", true},
		"caller left": {func(w http.ResponseWriter, r *http.Request) error {
			_, err := rest.Lines(w, r, func(yield func([]thing, error) bool) {
				_ = yield([]thing{{"a"}}, nil) && yield(nil, problem.New(problem.ClientGone, "the caller went away"))
			})
			return err
		}, "", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			spans, reader := spantest.New(), sdkmetric.NewManualReader()
			tel := spans.Telemetry("things", io.Discard)
			tel.Metrics = sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
			server := httptest.NewServer(rest.NewRouter(tel, func(context.Context) error { return nil }, func(r chi.Router) {
				r.Get("/things", rest.Handle(tt.handle))
			}))
			if got := getTorn(t, server.URL+"/things"); got != tt.torn {
				t.Errorf("got an answer that was cut off: %v, want %v", got, tt.torn)
			}
			server.Close() // waits for the span
			span := spans.Spans()[0]
			if failed := span.Status.Code == codes.Error; failed != (tt.reason != "") || span.Status.Description != tt.reason {
				t.Errorf("got the status %v %q, want the reason %q", span.Status.Code, span.Status.Description, tt.reason)
			}
			labels := durationLabels(t, reader)
			if route, _ := labels.Value(semconv.HTTPRouteKey); route.AsString() != "/things" {
				t.Errorf("got the metric of route %q, want /things", route.AsString())
			}
			if kind, _ := labels.Value(semconv.ErrorTypeKey); (kind.AsString() == "aborted") != (tt.torn && tt.reason != "") {
				t.Errorf("got error.type %q", kind.AsString())
			}
		})
	}
}

// A failure of a request that is not sampled is counted as well, also if the answer was cut off.
func TestFailuresWithoutSpansAreCounted(t *testing.T) {
	reader := sdkmetric.NewManualReader()
	tel := spantest.New().Telemetry("things", io.Discard)
	tel.Traces = sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample()))
	tel.Metrics = sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	h := rest.NewRouter(tel, func(context.Context) error { return nil }, func(r chi.Router) {
		r.Get("/things", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "a part ")
			panic("index out of range")
		})
	})
	func() {
		defer func() { recover() }() // of the panic that closes the connection
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/things", nil))
	}()
	labels := durationLabels(t, reader)
	if kind, _ := labels.Value(semconv.ErrorTypeKey); kind.AsString() != "aborted" {
		t.Errorf("got error.type %q, want aborted", kind.AsString())
	}
}

// getTorn reports whether the answer of an address is cut off.
func getTorn(t *testing.T, url string) bool {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		return true
	}
	defer resp.Body.Close()
	_, err = io.ReadAll(resp.Body)
	return err != nil
}

// durationLabels returns the attributes of the only request that http.server.request.duration counted.
func durationLabels(t *testing.T, reader sdkmetric.Reader) attribute.Set {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			if d, ok := m.Data.(metricdata.Histogram[float64]); ok && m.Name == "http.server.request.duration" && len(d.DataPoints) == 1 && d.DataPoints[0].Count == 1 {
				return d.DataPoints[0].Attributes
			}
		}
	}
	t.Fatal("the request is in no metric")
	return attribute.Set{}
}

// The span of a service's first request has its query; the client span of a call has its callee, under both names.
func TestSpansSayWhatWasAsked(t *testing.T) {
	client, spans := start(t, func(r chi.Router) {
		r.Get("/things", rest.Handle(func(w http.ResponseWriter, r *http.Request) error { return rest.Answer(w, 200, thing{"a"}) }))
	})
	if _, err := rest.Get[thing](t.Context(), client, "/things", map[string][]string{"sku": {"sku-1"}}); err != nil {
		t.Fatal(err)
	}
	h := rest.NewRouter(spans.Telemetry("things", io.Discard), func(context.Context) error { return nil }, func(r chi.Router) {
		r.Get("/things", func(http.ResponseWriter, *http.Request) {})
	})
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/things?fetch=each", nil))
	var got []string
	for _, s := range spans.Spans() {
		set := attribute.NewSet(s.Attributes...)
		for _, key := range []attribute.Key{semconv.URLQueryKey, semconv.ServicePeerNameKey, "peer.service"} {
			if v, ok := set.Value(key); ok {
				got = append(got, s.SpanKind.String()+" "+string(key)+"="+v.AsString())
			}
		}
	}
	const want = "client service.peer.name=things, client peer.service=things, server url.query=fetch=each"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
}
