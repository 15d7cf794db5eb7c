#!/usr/bin/env bash
# Two of the Collector's probabilistic samplers in a row, each with its default mode, drop every span.
#
# OpenTelemetry writes the probability with which a span was sampled into its trace state, as a rejection threshold: `ot=th:0` is 100 %, `ot=th:8` is 50 %. The
# sampler's default mode, hash_seed, writes one, and counts one that is already there as an error ("item has sampling threshold, equalizing or proportional mode
# recommended"), logged at debug level only. With fail_closed, another default, an error drops the span. So a gateway with `sampling_percentage: 100` passes
# nothing on if an agent before it, or an SDK with a consistent sampler, has sampled too, even at 100 %.
#
# Output with probabilisticsamplerprocessor v0.165.1; spans kept of 1000 with no trace state, with two others, and after a default sampler of 100 %:
#
#   mode                               no state  ot=th:0  ot=th:8  sampled
#   default, 100 %                         1000        0        0        0
#   default, 50 %                           488        0        0        0
#   default, 100 %, fail_closed: false     1000     1000     1000     1000
#   proportional, 100 %                    1000     1000     1000     1000
#   equalizing, 100 %                      1000     1000     1000     1000
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module sampler
go 1.26
require (
	github.com/open-telemetry/opentelemetry-collector-contrib/processor/probabilisticsamplerprocessor v0.165.1
	go.opentelemetry.io/collector/component/componenttest v0.165.0
	go.opentelemetry.io/collector/consumer/consumertest v0.165.0
	go.opentelemetry.io/collector/pdata v1.71.0
	go.opentelemetry.io/collector/processor/processortest v0.165.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"log"
	"math/rand/v2"

	sampler "github.com/open-telemetry/opentelemetry-collector-contrib/processor/probabilisticsamplerprocessor"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"
)

// spans returns 1000 spans with the given trace state. Each would pass a consistent sampler of 50 %, so both thresholds are true of them.
func spans(state string) ptrace.Traces {
	random := rand.New(rand.NewPCG(1, 2))
	traces := ptrace.NewTraces()
	scope := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	for range 1000 {
		var id [16]byte
		binary.BigEndian.PutUint64(id[:8], random.Uint64())
		binary.BigEndian.PutUint64(id[8:], random.Uint64())
		id[9] |= 0x80 // the most significant bit of the randomness
		span := scope.Spans().AppendEmpty()
		span.SetTraceID(id)
		span.SetSpanID([8]byte{1})
		span.TraceState().FromRaw(state)
	}
	return traces
}

// sample returns what the sampler keeps of the traces.
func sample(config *sampler.Config, traces ptrace.Traces) ptrace.Traces {
	factory := sampler.NewFactory()
	sink := new(consumertest.TracesSink)
	processor, err := factory.CreateTraces(context.Background(), processortest.NewNopSettings(factory.Type()), config, sink)
	if err != nil {
		log.Fatal(err)
	}
	if err := processor.Start(context.Background(), componenttest.NewNopHost()); err != nil {
		log.Fatal(err)
	}
	if err := processor.ConsumeTraces(context.Background(), traces); err != nil {
		log.Fatal(err)
	}
	if err := processor.Shutdown(context.Background()); err != nil {
		log.Fatal(err)
	}
	all := ptrace.NewTraces()
	for _, batch := range sink.AllTraces() {
		batch.ResourceSpans().MoveAndAppendTo(all.ResourceSpans())
	}
	return all
}

func configure(percent float32, set func(*sampler.Config)) *sampler.Config {
	config := sampler.NewFactory().CreateDefaultConfig().(*sampler.Config)
	config.SamplingPercentage = percent
	set(config)
	return config
}

func main() {
	changed := false
	byDefault := func(*sampler.Config) {}
	fmt.Printf("%-34s%9s%9s%9s%9s\n", "mode", "no state", "ot=th:0", "ot=th:8", "sampled")
	for _, c := range []struct {
		name    string
		percent float32
		set     func(*sampler.Config)
		drops   bool
	}{
		{"default, 100 %", 100, byDefault, true},
		{"default, 50 %", 50, byDefault, true},
		{"default, 100 %, fail_closed: false", 100, func(c *sampler.Config) { c.FailClosed = false }, false},
		{"proportional, 100 %", 100, func(c *sampler.Config) { c.Mode = sampler.Proportional }, false},
		{"equalizing, 100 %", 100, func(c *sampler.Config) { c.Mode = sampler.Equalizing }, false},
	} {
		config := configure(c.percent, c.set)
		none := sample(config, spans("")).SpanCount()
		fmt.Printf("%-34s%9d", c.name, none)
		changed = changed || none == 0
		for _, traces := range []ptrace.Traces{spans("ot=th:0"), spans("ot=th:8"), sample(configure(100, byDefault), spans(""))} {
			kept := sample(config, traces).SpanCount()
			fmt.Printf("%9d", kept)
			changed = changed || (kept == 0) != c.drops
		}
		fmt.Println()
	}
	if changed {
		log.Fatal("the behaviour has changed")
	}
}
GO
go run . 2>build.log || { cat build.log >&2; exit 1; }
