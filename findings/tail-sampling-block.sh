#!/usr/bin/env bash
# With block_on_overflow, a full tail sampler waits for the decisions that it has just made impossible, and decides on parts of traces.
#
# The tail_sampling processor of the OpenTelemetry Collector holds up to num_traces traces in memory until it decides on them. With
# decision_wait_after_root_received it usually decides soon after the root span, and with block_on_overflow it accepts nothing while it is full, instead of
# dropping the oldest trace. But services send children first, because these end first: the roots of the traces that fill it wait too, behind the trace that found no
# room. So it stands still until decision_wait is over, 30 s by default, and then decides on traces without their roots: by their latency, for example.
#
# Output with tailsamplingprocessor v0.158.0; 40 traces whose children arrive first and whose roots arrive 0.5 s later, decision_wait: 6s,
# decision_wait_after_root_received: 1s:
#
#   num_traces  block_on_overflow  first decision  decided within 5 s  of these with root
#          100              false    after 2 to 3 s              40                  40
#          100               true    after 2 to 3 s              40                  40
#           20               true    after 7 to 8 s               0                   0
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module tail
go 1.26
require (
	github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor v0.158.0
	go.opentelemetry.io/collector/component/componenttest v0.158.0
	go.opentelemetry.io/collector/consumer v1.64.0
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
	"sync"
	"time"

	tail "github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"
)

const traces = 40

// span returns a trace's root, or the root's child.
func span(n int, root bool) ptrace.Traces {
	t := ptrace.NewTraces()
	s := t.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetTraceID([16]byte{1, byte(n)})
	s.SetSpanID([8]byte{1})
	if !root {
		s.SetSpanID([8]byte{2})
		s.SetParentSpanID([8]byte{1})
	}
	return t
}

// kept counts the spans that the sampler passes on.
type kept struct {
	sync.Mutex
	began time.Time
	first time.Duration
	spans map[[16]byte]int
}

func (k *kept) consume(_ context.Context, t ptrace.Traces) error {
	k.Lock()
	defer k.Unlock()
	if k.first == 0 {
		k.first = time.Since(k.began)
	}
	for _, r := range t.ResourceSpans().All() {
		for _, s := range r.ScopeSpans().All() {
			for _, span := range s.Spans().All() {
				k.spans[span.TraceID()]++
			}
		}
	}
	return nil
}

// sample sends the spans and returns when the first decision was made, and how many there were within 5 s, and with the root.
func sample(numTraces uint64, block bool) (first time.Duration, decided, whole int) {
	factory := tail.NewFactory()
	config := factory.CreateDefaultConfig().(*tail.Config)
	config.DecisionWait, config.DecisionWaitAfterRootReceived = 6*time.Second, time.Second
	config.NumTraces, config.BlockOnOverflow = numTraces, block
	config.PolicyCfgs = make([]tail.PolicyCfg, 1)
	config.PolicyCfgs[0].Name, config.PolicyCfgs[0].Type = "all", tail.AlwaysSample
	k := &kept{began: time.Now(), spans: map[[16]byte]int{}}
	next, err := consumer.NewTraces(k.consume)
	if err != nil {
		log.Fatal(err)
	}
	processor, err := factory.CreateTraces(context.Background(), processortest.NewNopSettings(factory.Type()), config, next)
	if err != nil {
		log.Fatal(err)
	}
	if err := processor.Start(context.Background(), componenttest.NewNopHost()); err != nil {
		log.Fatal(err)
	}
	go func() {
		for _, root := range []bool{false, true} {
			for n := range traces {
				if err := processor.ConsumeTraces(context.Background(), span(n, root)); err != nil {
					log.Fatal(err)
				}
			}
			time.Sleep(500 * time.Millisecond)
		}
	}()
	time.Sleep(5 * time.Second)
	k.Lock()
	decided = len(k.spans)
	for _, n := range k.spans {
		if n == 2 {
			whole++
		}
	}
	k.Unlock()
	time.Sleep(4 * time.Second)
	k.Lock()
	defer k.Unlock()
	return k.first, decided, whole
}

func main() {
	changed := false
	fmt.Println("num_traces  block_on_overflow  first decision  decided within 5 s  of these with root")
	for _, c := range []struct {
		num   uint64
		block bool
		want  int
	}{{100, false, traces}, {100, true, traces}, {20, true, 0}} {
		first, decided, whole := sample(c.num, c.block)
		s := int(first / time.Second)
		fmt.Printf("%10d%19v    after %d to %d s%16d%20d\n", c.num, c.block, s, s+1, decided, whole)
		changed = changed || decided != c.want || whole != c.want
	}
	if changed {
		log.Fatal("the behaviour has changed")
	}
}
GO
go run . 2>build.log || { cat build.log >&2; exit 1; }
