#!/usr/bin/env bash
# otelhttp: the reason of a failure that a handler writes on its server span is lost, and a handler that panics leaves no metric.
#
# A handler knows why its request failed, and OpenTelemetry's API offers SetStatus(Error, reason) for it. For an answer of 500 and above, otelhttp v0.72.0 sets the
# status again, with an empty reason, after the handler has returned: the last call wins, so the reason is gone, unless the handler records it in another place,
# such as an event. If the handler panics, which net/http allows as the way to abort an answer, the span has neither status nor response code, and the request is in none of
# the metrics, so a rate of errors that is made of them does not see it.
#
# Output with otelhttp v0.72.0 and SDK v1.47.0:
#
#   500 with a reason:       span Error "", status code 500; requests in the metric: 1
#   abort after a reason:    span Error "torn", status code -; requests in the metric: 0
#   panic:                   span Unset "", status code -; requests in the metric: 0
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module status
go 1.26
require (
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.72.0
	go.opentelemetry.io/otel v1.47.0
	go.opentelemetry.io/otel/sdk v1.47.0
	go.opentelemetry.io/otel/sdk/metric v1.47.0
	go.opentelemetry.io/otel/trace v1.47.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// A result is what a request leaves behind.
type result struct {
	status   sdk.Status
	code     string
	requests uint64
}

func serve(label string, handle http.HandlerFunc) result {
	spans, reader := tracetest.NewSpanRecorder(), metric.NewManualReader()
	handler := otelhttp.NewHandler(handle, "request",
		otelhttp.WithTracerProvider(sdk.NewTracerProvider(sdk.WithSpanProcessor(spans))),
		otelhttp.WithMeterProvider(metric.NewMeterProvider(metric.WithReader(reader))))
	func() {
		defer func() { recover() }() // as the server of net/http does
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	}()
	span := spans.Ended()[0]
	r := result{status: span.Status(), code: "-"}
	for _, a := range span.Attributes() {
		if a.Key == "http.response.status_code" {
			r.code = a.Value.Emit()
		}
	}
	var all metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &all); err != nil {
		log.Fatal(err)
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			if h, ok := m.Data.(metricdata.Histogram[float64]); ok && m.Name == "http.server.request.duration" {
				for _, p := range h.DataPoints {
					r.requests += p.Count
				}
			}
		}
	}
	fmt.Printf("%-24s span %s %q, status code %s; requests in the metric: %d\n", label, r.status.Code, r.status.Description, r.code, r.requests)
	return r
}

func main() {
	failed := serve("500 with a reason:", func(w http.ResponseWriter, r *http.Request) {
		trace.SpanFromContext(r.Context()).SetStatus(codes.Error, "the database is away")
		w.WriteHeader(http.StatusInternalServerError)
	})
	torn := serve("abort after a reason:", func(w http.ResponseWriter, r *http.Request) {
		trace.SpanFromContext(r.Context()).SetStatus(codes.Error, "torn")
		w.WriteHeader(http.StatusOK)
		panic(http.ErrAbortHandler)
	})
	panicked := serve("panic:", func(http.ResponseWriter, *http.Request) { panic("a bug") })
	if failed != (result{sdk.Status{Code: codes.Error}, "500", 1}) || torn.code != "-" || torn.requests != 0 || panicked != (result{code: "-"}) {
		log.Fatal("this has changed")
	}
}
GO
go run . 2>build.log || { cat build.log >&2; exit 1; }
