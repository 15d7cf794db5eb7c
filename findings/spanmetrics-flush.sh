#!/usr/bin/env bash
# OpenTelemetry Collector: spanmetrics counts the calls of a new series one flush later than their durations, and loses what it has not flushed when it stops.
#
# The connector flushes every metrics_flush_interval, 60 s. The first point of calls in a new series is 0, so that rate() in Prometheus sees the series grow
# (internal/metrics/metrics.go, BuildMetrics of SumMetrics), but the first point of duration has all spans. So for one interval an error of a new kind is in duration_count
# and not in calls, and an alert on calls comes a minute later. Shutdown stops the ticker and does not flush (connector.go). So when a Collector restarts, the metrics lack
# up to 60 s of spans, and up to 120 s in new series of calls, although the spans themselves are exported.
#
# Output with spanmetricsconnector v0.165.1; metrics_flush_interval: 2s. 10 spans before the first flush, 5 after it, and a stop before the second:
#
#            calls  count of duration
#   spans       15                 15
#   flush 1      0                 10
#   stop         -                  -
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module flush
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

// A point is what a flush says about the spans so far.
type point struct{ calls, durations int64 }

func main() {
	ctx := context.Background()
	factory := spanmetricsconnector.NewFactory()
	config := factory.CreateDefaultConfig()
	check(confmap.NewFromStringMap(map[string]any{"metrics_flush_interval": "2s"}).Unmarshal(config))
	flushed := make(chan point, 10)
	next, err := consumer.NewMetrics(func(_ context.Context, metrics pmetric.Metrics) error {
		flushed <- read(metrics)
		return nil
	})
	check(err)
	spanmetrics, err := factory.CreateTracesToMetrics(ctx, connectortest.NewNopSettings(factory.Type()), config, next)
	check(err)
	check(spanmetrics.ConsumeTraces(ctx, spans(10)))
	check(spanmetrics.Start(ctx, componenttest.NewNopHost()))
	first := <-flushed
	check(spanmetrics.ConsumeTraces(ctx, spans(5)))
	check(spanmetrics.Shutdown(ctx))

	fmt.Println("         calls  count of duration")
	fmt.Printf("spans%9d%19d\n", 15, 15)
	fmt.Printf("flush 1%7d%19d\n", first.calls, first.durations)
	select {
	case last := <-flushed:
		fmt.Printf("stop%10d%19d\n", last.calls, last.durations)
		log.Fatal("this has changed")
	default:
		fmt.Printf("stop%10s%19s\n", "-", "-")
	}
	if first != (point{0, 10}) {
		log.Fatal("this has changed")
	}
}

func read(metrics pmetric.Metrics) (p point) {
	for _, metric := range metrics.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().All() {
		switch metric.Name() {
		case "traces.span.metrics.calls":
			p.calls = metric.Sum().DataPoints().At(0).IntValue()
		case "traces.span.metrics.duration":
			p.durations = int64(metric.Histogram().DataPoints().At(0).Count())
		}
	}
	return p
}

func spans(n int) ptrace.Traces {
	td := ptrace.NewTraces()
	resource := td.ResourceSpans().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "shop")
	scope := resource.ScopeSpans().AppendEmpty()
	for range n {
		scope.Spans().AppendEmpty().SetName("work")
	}
	return td
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
GO
go mod tidy 2>tidy.log || { cat tidy.log >&2; exit 1; }
go run . 2>build.log || { cat build.log >&2; exit 1; }
