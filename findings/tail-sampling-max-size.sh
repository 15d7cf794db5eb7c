#!/usr/bin/env bash
# OpenTelemetry Collector: a tail sampler with maximum_trace_size_bytes keeps the traces in memory that it drops for their size.
#
# The setting drops a trace that grows too large "in order to protect the system" (README). The processor marks such a trace as not sampled and takes it off the list of
# traces to decide (processor.go, processTrace). But the spans that it has so far are in its storage. Only a decision takes them out, which is not due any more, or the
# deletion of the trace, which needs decision_cache with non_sampled_cache_size (releaseNotSampledTrace), 0 by default. So they stay until num_traces newer traces have
# come, by default 50,000, while the spans of all other traces are gone after decision_wait. A Collector with large traces needs more memory with the limit than without.
# Known as https://github.com/open-telemetry/opentelemetry-collector-contrib/pull/50976.
#
# Output with tailsamplingprocessor v0.158.0; 100 traces of 1.2 MB each, decision_wait: 10s, and a policy that keeps none of them:
#
#   maximum_trace_size_bytes  non_sampled_cache_size  heap after the decisions
#                          0                       0                      0 MB
#                    1000000                       0                     95 MB
#                    1000000                    1000                      0 MB
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module large
go 1.26
require (
	github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor v0.158.0
	go.opentelemetry.io/collector/component/componenttest v0.158.0
	go.opentelemetry.io/collector/confmap v1.64.0
	go.opentelemetry.io/collector/consumer/consumertest v0.158.0
	go.opentelemetry.io/collector/pdata v1.64.0
	go.opentelemetry.io/collector/processor/processortest v0.158.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"log"
	"runtime"
	"strings"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"
)

const (
	traces  = 100
	batches = 12 // of each trace
	spans   = 10 // of each batch, of 10 KB each
)

func main() {
	fmt.Println("maximum_trace_size_bytes  non_sampled_cache_size  heap after the decisions")
	changed := false
	for _, c := range []struct {
		limit, cache int
		held         bool
	}{{0, 0, false}, {1_000_000, 0, true}, {1_000_000, 1000, false}} {
		megabytes := sample(c.limit, c.cache)
		fmt.Printf("%24d%24d%23.0f MB\n", c.limit, c.cache, megabytes)
		changed = changed || megabytes > traces/2 != c.held
	}
	if changed {
		log.Fatal("this has changed")
	}
}

// sample sends all traces to a tail sampler, waits for its decisions and returns how many megabytes it holds.
func sample(limit, cache int) float64 {
	ctx := context.Background()
	before := heap()
	factory := tailsamplingprocessor.NewFactory()
	config := factory.CreateDefaultConfig()
	check(confmap.NewFromStringMap(map[string]any{
		"decision_wait": "10s", "maximum_trace_size_bytes": limit, "decision_cache": map[string]any{"non_sampled_cache_size": cache},
		"policies": []any{map[string]any{"name": "errors", "type": "status_code", "status_code": map[string]any{"status_codes": []any{"ERROR"}}}},
	}).Unmarshal(config))
	sampler, err := factory.CreateTraces(ctx, processortest.NewNopSettings(factory.Type()), config, consumertest.NewNop())
	check(err)
	check(sampler.Start(ctx, componenttest.NewNopHost()))
	for range batches {
		for n := range traces {
			check(sampler.ConsumeTraces(ctx, batch(n)))
		}
	}
	time.Sleep(14 * time.Second)
	megabytes := heap() - before
	check(sampler.Shutdown(ctx))
	return max(0, megabytes)
}

// batch returns a part of a trace.
func batch(n int) ptrace.Traces {
	td := ptrace.NewTraces()
	scope := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	for range spans {
		span := scope.Spans().AppendEmpty()
		span.SetTraceID([16]byte{1, byte(n)})
		span.Attributes().PutStr("db.query.text", strings.Repeat("x", 10<<10))
	}
	return td
}

// heap returns the megabytes that are in use.
func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
GO
go mod tidy 2>tidy.log || { cat tidy.log >&2; exit 1; }
go run . 2>build.log || { cat build.log >&2; exit 1; }
