#!/usr/bin/env bash
# otelhttp: every value of the Host header is a new time series of each HTTP server metric.
#
# otelhttp v0.72.0 puts server.address and server.port, which it takes from the request's Host header, on the metrics of the server. A client chooses that
# header, so it chooses how many series there are: 200 host names make 200 series of each of three histograms, and 2,000 fill the SDK's limit, after which every
# new combination of attributes, also an honest one, is counted in one series that has none of them. For that reason the attribute is opt-in on these metrics
# in the semantic conventions: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration
# A view with a deny filter for both keys ends it.
#
# Output with otelhttp v0.72.0 and SDK v1.47.0:
#
#   200 hosts, as it is:     200 series of http.server.request.duration
#   3000 hosts, as it is:    2000 series of http.server.request.duration, one of them overflow
#   200 hosts, with a view:  1 series of http.server.request.duration
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module series
go 1.26
require (
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.72.0
	go.opentelemetry.io/otel v1.47.0
	go.opentelemetry.io/otel/sdk/metric v1.47.0
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
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

const name = "http.server.request.duration"

// series sends a request with each of n Host headers, and counts the series that come of it.
func series(n int, opts ...metric.Option) (count int, overflow bool) {
	reader := metric.NewManualReader()
	provider := metric.NewMeterProvider(append(opts, metric.WithReader(reader))...)
	handler := otelhttp.NewHandler(http.NotFoundHandler(), "request", otelhttp.WithMeterProvider(provider))
	for i := range n {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = fmt.Sprintf("host-%d.example", i)
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	var all metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &all); err != nil {
		log.Fatal(err)
	}
	for _, m := range all.ScopeMetrics[0].Metrics {
		if h, ok := m.Data.(metricdata.Histogram[float64]); ok && m.Name == name {
			count = len(h.DataPoints)
			for _, p := range h.DataPoints {
				_, is := p.Attributes.Value("otel.metric.overflow")
				overflow = overflow || is
			}
		}
	}
	return count, overflow
}

func main() {
	few, _ := series(200)
	fmt.Printf("200 hosts, as it is:     %d series of %s\n", few, name)
	many, overflow := series(3000)
	fmt.Printf("3000 hosts, as it is:    %d series of %s, one of them overflow\n", many, name)
	view := metric.NewView(metric.Instrument{Name: "http.server.*"},
		metric.Stream{AttributeFilter: attribute.NewDenyKeysFilter("server.address", "server.port")})
	one, _ := series(200, metric.WithView(view))
	fmt.Printf("200 hosts, with a view:  %d series of %s\n", one, name)
	if few != 200 || many != 2000 || !overflow || one != 1 {
		log.Fatal("this has changed")
	}
}
GO
go run . 2>build.log || { cat build.log >&2; exit 1; }
