#!/usr/bin/env bash
# A tail sampler's share is either missing from the trace state or, with the feature gate that writes it, not true of the trace id.
#
# A sampler of OpenTelemetry writes the share that it keeps into the trace state, as a rejection threshold: with `ot=th:8`, half of all traces are kept, namely those
# whose last 56 bits of the id are 8… or more. So everything after it can weigh counts, and check that a threshold and an id agree. The policy `probabilistic` of the
# tail_sampling processor chooses traces by another hash of the id, and writes nothing: after a sampler of 50 %, one of 10 % keeps 5 %, which then count as 10 % of all.
# With the feature gate processor.tailsamplingprocessor.usetracestate it writes its threshold, and chooses by it, but only if there is one already. Traces without one,
# such as those of an SDK that samples everything, are still chosen by the other hash and then marked with a threshold that contradicts 9 of 10 ids. Counts are right,
# and the next probabilistic_sampler drops those nine, even at 100 %, because fail_closed is the default. If the SDK writes `ot=th:0`, all of this works.
#
# Output with tailsamplingprocessor and probabilisticsamplerprocessor v0.158.0; 2,000 traces, all or half of which reach a tail sampler of 10 %; what it keeps, how many
# traces the thresholds of those say there were, and what a probabilistic_sampler with mode: equalizing, sampling_percentage: 100 then keeps:
#
#   gate  trace state  arrive  kept  stand for  after the next
#   off                  2000   193        193             193
#   off   ot=th:0        2000   193        193             193
#   off   ot=th:8         987    90        180              90
#   on                   2000   193       1930              15
#   on    ot=th:0        2000   192       1920             192
#   on    ot=th:8         987   192       1920             192
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module threshold
go 1.26
require (
	github.com/open-telemetry/opentelemetry-collector-contrib/pkg/sampling v0.158.0
	github.com/open-telemetry/opentelemetry-collector-contrib/processor/probabilisticsamplerprocessor v0.158.0
	github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor v0.158.0
	go.opentelemetry.io/collector/component/componenttest v0.158.0
	go.opentelemetry.io/collector/consumer/consumertest v0.158.0
	go.opentelemetry.io/collector/featuregate v1.64.0
	go.opentelemetry.io/collector/pdata v1.64.0
	go.opentelemetry.io/collector/processor v1.64.0
	go.opentelemetry.io/collector/processor/processortest v0.158.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"log"
	"math"
	"math/rand/v2"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/sampling"
	head "github.com/open-telemetry/opentelemetry-collector-contrib/processor/probabilisticsamplerprocessor"
	tail "github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/featuregate"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
)

const traces = 2000

// spans returns one span of each trace, with that trace state. With that of a sampler of 50 %, there are only those that it keeps.
func spans(state string) ptrace.Traces {
	random := rand.New(rand.NewPCG(1, 2))
	all := ptrace.NewTraces()
	scope := all.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	for range traces {
		var id [16]byte
		binary.BigEndian.PutUint64(id[:8], random.Uint64())
		binary.BigEndian.PutUint64(id[8:], random.Uint64())
		if state == "ot=th:8" && id[9] < 0x80 {
			continue
		}
		span := scope.Spans().AppendEmpty()
		span.SetTraceID(id)
		span.SetSpanID([8]byte{1})
		span.TraceState().FromRaw(state)
	}
	return all
}

// through returns what a processor passes on until it has stopped.
func through(factory processor.Factory, config component.Config, in ptrace.Traces) ptrace.Traces {
	sink := new(consumertest.TracesSink)
	p, err := factory.CreateTraces(context.Background(), processortest.NewNopSettings(factory.Type()), config, sink)
	if err != nil {
		log.Fatal(err)
	}
	if err := p.Start(context.Background(), componenttest.NewNopHost()); err != nil {
		log.Fatal(err)
	}
	if err := p.ConsumeTraces(context.Background(), in); err != nil {
		log.Fatal(err)
	}
	if err := p.Shutdown(context.Background()); err != nil { // it decides on the traces that it still has
		log.Fatal(err)
	}
	all := ptrace.NewTraces()
	for _, batch := range sink.AllTraces() {
		batch.ResourceSpans().MoveAndAppendTo(all.ResourceSpans())
	}
	return all
}

// sampleTail returns what tail sampling of 10 % keeps.
func sampleTail(in ptrace.Traces) ptrace.Traces {
	factory := tail.NewFactory()
	config := factory.CreateDefaultConfig().(*tail.Config)
	config.PolicyCfgs = make([]tail.PolicyCfg, 1)
	policy := &config.PolicyCfgs[0]
	policy.Name, policy.Type, policy.ProbabilisticCfg.SamplingPercentage = "share", tail.Probabilistic, 10
	return through(factory, config, in)
}

// sampleAgain returns what the next sampler, which is to keep everything, keeps.
func sampleAgain(in ptrace.Traces) ptrace.Traces {
	factory := head.NewFactory()
	config := factory.CreateDefaultConfig().(*head.Config)
	config.Mode, config.SamplingPercentage = head.Equalizing, 100
	return through(factory, config, in)
}

// standFor adds up how many spans the spans stand for, by their thresholds.
func standFor(in ptrace.Traces) (n float64) {
	for _, r := range in.ResourceSpans().All() {
		for _, s := range r.ScopeSpans().All() {
			for _, span := range s.Spans().All() {
				weight := 1.0
				if state, err := sampling.NewW3CTraceState(span.TraceState().AsRaw()); err == nil {
					if threshold, ok := state.OTelValue().TValueThreshold(); ok {
						weight = threshold.AdjustedCount()
					}
				}
				n += weight
			}
		}
	}
	return n
}

func main() {
	changed := false
	fmt.Println("gate  trace state  arrive  kept  stand for  after the next")
	for _, on := range []bool{false, true} {
		if err := featuregate.GlobalRegistry().Set("processor.tailsamplingprocessor.usetracestate", on); err != nil {
			log.Fatal(err)
		}
		for _, state := range []string{"", "ot=th:0", "ot=th:8"} {
			in := spans(state)
			arrive := in.SpanCount()
			kept := sampleTail(in)
			n, stand := kept.SpanCount(), standFor(kept)
			next := sampleAgain(kept).SpanCount()
			name := map[bool]string{false: "off", true: "on"}[on]
			fmt.Printf("%-4s  %-11s  %6d  %4d  %9.0f  %14d\n", name, state, arrive, n, stand, next)
			right := math.Abs(stand-traces) < traces/4
			changed = changed || right != on || (next < n/2) != (on && state == "")
		}
	}
	if changed {
		log.Fatal("the behaviour has changed")
	}
}
GO
go run . 2>build.log || { cat build.log >&2; exit 1; }
