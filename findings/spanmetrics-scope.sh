#!/usr/bin/env bash
# OpenTelemetry Collector: spanmetrics with include_instrumentation_scope counts the spans of one library as those of another.
#
# The setting adds span.instrumentation.scope.name and span.instrumentation.scope.version to the metrics of the libraries that it lists. But the connector finds the series
# of a span by service, name, kind, status and dimensions (connector.go, buildKey), without the scope, and makes the attributes of a series only for its first span
# (buildAttributes). If two libraries give spans the same name and kind, such as an SDK and an eBPF agent that see the same requests, or two versions of one library,
# then all these spans count for the scope of the first span. The other scope has no series. If the first scope is not in the list, no series has a scope.
# After a restart of the Collector the next first span decides.
#
# Output with spanmetricsconnector v0.165.1; include_instrumentation_scope: [net/http], 1 server span "GET /" of one scope, then 3 of the other:
#
#   first span   calls with the scope net/http  calls without a scope
#   of net/http                              4                      0
#   of ebpf                                  0                      4
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module scope
go 1.26
require (
	github.com/open-telemetry/opentelemetry-collector-contrib/connector/spanmetricsconnector v0.165.1
	go.opentelemetry.io/collector/component/componenttest v0.165.0
	go.opentelemetry.io/collector/confmap v1.71.0
	go.opentelemetry.io/collector/connector/connectortest v0.165.0
	go.opentelemetry.io/collector/consumer v1.71.0
	go.opentelemetry.io/collector/pdata v1.71.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/open-telemetry/opentelemetry-collector-contrib/connector/spanmetricsconnector"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func main() {
	// Right would be 1 and 3, and then 3 and 1.
	fmt.Println("first span   calls with the scope net/http  calls without a scope")
	changed := false
	for _, order := range [][2]string{{"net/http", "ebpf"}, {"ebpf", "net/http"}} {
		calls := count(order[0], order[1])
		fmt.Printf("of %-9s%31d%23d\n", order[0], calls["net/http"], calls[""])
		changed = changed || calls["net/http"] != 4 && calls[""] != 4
	}
	if changed {
		log.Fatal("this has changed")
	}
}

// count sends one server span of the first scope and three of the second, and returns the calls by scope.
func count(first, second string) map[string]int64 {
	ctx := context.Background()
	factory := spanmetricsconnector.NewFactory()
	config := factory.CreateDefaultConfig()
	check(confmap.NewFromStringMap(map[string]any{
		"include_instrumentation_scope": []any{"net/http"}, "aggregation_temporality": "AGGREGATION_TEMPORALITY_DELTA", "metrics_flush_interval": "1s",
	}).Unmarshal(config))
	flushed := make(chan map[string]int64, 1)
	next, err := consumer.NewMetrics(func(_ context.Context, metrics pmetric.Metrics) error {
		if metrics.DataPointCount() > 0 {
			flushed <- callsByScope(metrics)
		}
		return nil
	})
	check(err)
	spanmetrics, err := factory.CreateTracesToMetrics(ctx, connectortest.NewNopSettings(factory.Type()), config, next)
	check(err)

	td := ptrace.NewTraces()
	resource := td.ResourceSpans().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "shop")
	for n, name := range []string{first, second, second, second} {
		scope := resource.ScopeSpans().AppendEmpty()
		scope.Scope().SetName(name)
		span := scope.Spans().AppendEmpty()
		span.SetTraceID([16]byte{1})
		span.SetSpanID([8]byte{byte(n + 1)})
		span.SetName("GET /")
		span.SetKind(ptrace.SpanKindServer)
	}
	check(spanmetrics.ConsumeTraces(ctx, td))
	check(spanmetrics.Start(ctx, componenttest.NewNopHost()))
	calls := <-flushed
	check(spanmetrics.Shutdown(ctx))
	return calls
}

func callsByScope(metrics pmetric.Metrics) map[string]int64 {
	calls := make(map[string]int64)
	for _, metric := range metrics.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().All() {
		if metric.Name() != "traces.span.metrics.calls" {
			continue
		}
		for _, point := range metric.Sum().DataPoints().All() {
			scope, ok := point.Attributes().Get("span.instrumentation.scope.name")
			if !ok {
				calls[""] += point.IntValue()
				continue
			}
			calls[scope.Str()] += point.IntValue()
		}
	}
	return calls
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
GO
go mod tidy 2>tidy.log || { cat tidy.log >&2; exit 1; }
go run . 2>build.log || { cat build.log >&2; exit 1; }
