#!/usr/bin/env bash
# OpenTelemetry Collector: to the tail sampling policy numeric_attribute, every value that is not an integer is 0.
#
# The README describes the policy as "based on number attributes", but it compares pcommon.Value.Int() with its limits (internal/sampling/numeric_tag_filter.go). That is 0
# for a double or a string, without an error. So 250.5 is below 100. A policy with max_value alone keeps every trace whose attribute is not an integer, and one with
# a positive min_value keeps none of them. The SDK for JavaScript sends 250 as an integer and 250.5 as a double, so a policy can decide differently on two orders of one
# service. The policy ottl_condition with attributes["order.total"] >= 100 keeps both.
#
# Output with tailsamplingprocessor v0.158.0, numeric_attribute: {key: order.total, ...}:
#
#   order.total     min_value: 100  max_value: 99
#   250             kept            -
#   250.5           -               kept
#   "250"           -               kept
#   20              -               kept
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module numeric
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
	"maps"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"
)

var totals = []any{250, 250.5, "250", 20}

func main() {
	atLeast := sample("numeric_attribute", map[string]any{"key": "order.total", "min_value": 100})
	atMost := sample("numeric_attribute", map[string]any{"key": "order.total", "max_value": 99})
	ottl := sample("ottl_condition", map[string]any{"span": []any{`attributes["order.total"] >= 100`}})
	fmt.Println("order.total     min_value: 100  max_value: 99")
	for n, total := range totals {
		fmt.Printf("%-14s  %-14s  %s\n", fmt.Sprintf("%#v", total), word(atLeast[n]), word(atMost[n]))
	}
	if !maps.Equal(atLeast, kept(0)) || !maps.Equal(atMost, kept(1, 2, 3)) || !maps.Equal(ottl, kept(0, 1)) {
		log.Fatal("this has changed")
	}
}

// sample returns which of the totals a policy keeps, by their index.
func sample(policy string, settings map[string]any) map[int]bool {
	ctx := context.Background()
	factory := tailsamplingprocessor.NewFactory()
	config := factory.CreateDefaultConfig()
	check(confmap.NewFromStringMap(map[string]any{
		"policies": []any{map[string]any{"name": "total", "type": policy, policy: settings}},
	}).Unmarshal(config))
	sink := new(consumertest.TracesSink)
	sampler, err := factory.CreateTraces(ctx, processortest.NewNopSettings(factory.Type()), config, sink)
	check(err)
	check(sampler.Start(ctx, componenttest.NewNopHost()))
	for n, total := range totals {
		td := ptrace.NewTraces()
		span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		span.SetTraceID([16]byte{1, byte(n)})
		span.SetSpanID([8]byte{1})
		check(span.Attributes().FromRaw(map[string]any{"order.total": total}))
		check(sampler.ConsumeTraces(ctx, td))
	}
	check(sampler.Shutdown(ctx)) // decides on all traces

	indexes := make(map[int]bool)
	for _, td := range sink.AllTraces() {
		id := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).TraceID()
		indexes[int(id[1])] = true
	}
	return indexes
}

func kept(indexes ...int) map[int]bool {
	m := make(map[int]bool)
	for _, n := range indexes {
		m[n] = true
	}
	return m
}

func word(kept bool) string {
	if kept {
		return "kept"
	}
	return "-"
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
GO
go mod tidy 2>tidy.log || { cat tidy.log >&2; exit 1; }
go run . 2>build.log || { cat build.log >&2; exit 1; }
