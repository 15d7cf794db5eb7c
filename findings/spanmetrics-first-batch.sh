#!/usr/bin/env bash
# OpenTelemetry Collector: spanmetrics keeps the first spans of each resource in memory, by default until the Collector stops.
#
# The connector needs the attributes of a resource for as long as it has metrics of it, and stores the pcommon.Map that it was given (connector.go,
# getOrCreateResourceMetrics). That is not a copy but a pointer into the batch. The attributes are part of the ResourceSpans, which also holds the spans, so the garbage
# collector can free none of them. Up to 1000 resources (resource_metrics_cache_size) hold their first batch, and metrics_expiration is 0, which is never. Each start of a
# service is a resource, because of its service.instance.id. After 1000 starts with a first batch of 512 spans of 1 KB each, that is 500 MB, in no queue and in no metric.
# With delta temporality, the batches are free after the next flush.
#
# Output with spanmetricsconnector v0.165.1; 100 resources whose first batch has 1 MB of spans, or whose first batch is small and the second has 1 MB:
#
#   first batch  heap after garbage collection, with the connector and without
#   1 MB                             103 MB      0 MB
#   small                              0 MB      0 MB
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module batch
go 1.26
require (
	github.com/open-telemetry/opentelemetry-collector-contrib/connector/spanmetricsconnector v0.165.1
	go.opentelemetry.io/collector/connector/connectortest v0.165.0
	go.opentelemetry.io/collector/consumer/consumertest v0.165.0
	go.opentelemetry.io/collector/pdata v1.71.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"log"
	"math"
	"runtime"
	"strings"

	"github.com/open-telemetry/opentelemetry-collector-contrib/connector/spanmetricsconnector"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

const resources = 100

func main() {
	fmt.Println("first batch  heap after garbage collection, with the connector and without")
	changed := false
	for _, c := range []struct {
		name    string
		batches []int // kilobytes of a resource's batches
		held    bool
	}{{"1 MB", []int{1024}, true}, {"small", []int{0, 1024}, false}} {
		before := heap()
		spanmetrics := start()
		for _, size := range c.batches {
			for n := range resources {
				check(spanmetrics.ConsumeTraces(context.Background(), batch(n, size)))
			}
		}
		with := math.Round(heap() - before)
		runtime.KeepAlive(spanmetrics)
		spanmetrics = nil
		without := math.Round(heap() - before)
		fmt.Printf("%-5s%29.0f MB%7.0f MB\n", c.name, with, without)
		changed = changed || with > resources/2 != c.held || without > 5
	}
	if changed {
		log.Fatal("this has changed")
	}
}

func start() connector.Traces {
	factory := spanmetricsconnector.NewFactory()
	spanmetrics, err := factory.CreateTracesToMetrics(context.Background(), connectortest.NewNopSettings(factory.Type()),
		factory.CreateDefaultConfig(), consumertest.NewNop())
	check(err)
	return spanmetrics
}

// batch returns a resource's spans; each takes about 1 KB of memory.
func batch(n, size int) ptrace.Traces {
	td := ptrace.NewTraces()
	resource := td.ResourceSpans().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "shop")
	resource.Resource().Attributes().PutStr("service.instance.id", fmt.Sprint("instance ", n))
	spans := resource.ScopeSpans().AppendEmpty().Spans()
	spans.AppendEmpty().SetName("work")
	for range size {
		span := spans.AppendEmpty()
		span.SetName("work")
		span.Attributes().PutStr("db.query.text", strings.Repeat("x", 768))
	}
	return td
}

// heap returns the megabytes that are in use.
func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
GO
go mod tidy 2>tidy.log || { cat tidy.log >&2; exit 1; }
go run . 2>build.log || { cat build.log >&2; exit 1; }
