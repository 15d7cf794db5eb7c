#!/usr/bin/env bash
# OpenTelemetry Collector: a full tail sampler loses spans of traces that it decides on later, and the metric for lost traces stays 0.
#
# When the tail_sampling processor holds num_traces traces, a new trace takes the place of the oldest. The metric to watch for that, by its README, is
# otelcol_processor_tail_sampling_sampling_trace_dropped_too_early. But what drops the trace (processor.go, waitForSpace) does not count it. The metric counts ids that
# are not in memory when their decision is due (samplingPolicyOnTick). If another span of the trace arrives before that, as the root does, which ends last, the id is in
# memory again, with that span alone, and the sampler decides on it as if it were the trace. So an error in a child that was lost keeps nothing, and a trace that is
# kept lacks its first spans. The histogram sampling_trace_removal_age shows a removal, but not whether the trace was decided by then.
#
# Output with tailsamplingprocessor v0.158.0; decision_wait: 8s, decision_wait_after_root_received: 1s, a policy that keeps traces with an error. The failed children of
# 10 traces come first, then 20 whole traces without an error, and 4 s later the roots of the first 10:
#
#   num_traces  traces decided  kept  spans in these  dropped_too_early
#           30              30    10              20                  0
#           20              30     0               0                  0
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module evict
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
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

const failed, whole = 10, 20 // traces

func main() {
	fmt.Println("num_traces  traces decided  kept  spans in these  dropped_too_early")
	changed := false
	for _, numTraces := range []int{failed + whole, whole} {
		kept, telemetry := sample(numTraces)
		decided := count(telemetry, "otelcol_processor_tail_sampling_global_count_traces_sampled")
		dropped := count(telemetry, "otelcol_processor_tail_sampling_sampling_trace_dropped_too_early")
		fmt.Printf("%10d%16d%6d%16d%19d\n", numTraces, decided, len(kept.AllTraces()), kept.SpanCount(), dropped)
		want := 0
		if numTraces > whole {
			want = failed
		}
		changed = changed || len(kept.AllTraces()) != want || decided != failed+whole || dropped != 0
	}
	if changed {
		log.Fatal("this has changed")
	}
}

// sample sends all spans to a tail sampler, waits for its decisions and returns what it kept.
func sample(numTraces int) (*consumertest.TracesSink, *componenttest.Telemetry) {
	ctx := context.Background()
	factory := tailsamplingprocessor.NewFactory()
	config := factory.CreateDefaultConfig()
	check(confmap.NewFromStringMap(map[string]any{
		"num_traces": numTraces, "decision_wait": "8s", "decision_wait_after_root_received": "1s",
		"policies": []any{map[string]any{"name": "errors", "type": "status_code", "status_code": map[string]any{"status_codes": []any{"ERROR"}}}},
	}).Unmarshal(config))
	telemetry := componenttest.NewTelemetry()
	settings := processortest.NewNopSettings(factory.Type())
	settings.TelemetrySettings = telemetry.NewTelemetrySettings()
	kept := new(consumertest.TracesSink)
	sampler, err := factory.CreateTraces(ctx, settings, config, kept)
	check(err)
	check(sampler.Start(ctx, componenttest.NewNopHost()))
	for n := range failed {
		check(sampler.ConsumeTraces(ctx, span(n, false, ptrace.StatusCodeError)))
	}
	for n := range whole {
		check(sampler.ConsumeTraces(ctx, span(failed+n, false, ptrace.StatusCodeUnset)))
		check(sampler.ConsumeTraces(ctx, span(failed+n, true, ptrace.StatusCodeUnset)))
	}
	time.Sleep(4 * time.Second)
	for n := range failed {
		check(sampler.ConsumeTraces(ctx, span(n, true, ptrace.StatusCodeUnset)))
	}
	time.Sleep(8 * time.Second)
	return kept, telemetry
}

// span returns a trace's root, or the root's child.
func span(n int, root bool, status ptrace.StatusCode) ptrace.Traces {
	td := ptrace.NewTraces()
	s := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetTraceID([16]byte{1, byte(n)})
	s.SetSpanID([8]byte{1})
	if !root {
		s.SetSpanID([8]byte{2})
		s.SetParentSpanID([8]byte{1})
	}
	s.Status().SetCode(status)
	return td
}

// count returns the sum of a counter's values.
func count(telemetry *componenttest.Telemetry, name string) (sum int64) {
	metric, err := telemetry.GetMetric(name)
	check(err)
	for _, point := range metric.Data.(metricdata.Sum[int64]).DataPoints {
		sum += point.Value
	}
	return sum
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
GO
go mod tidy 2>tidy.log || { cat tidy.log >&2; exit 1; }
go run . 2>build.log || { cat build.log >&2; exit 1; }
