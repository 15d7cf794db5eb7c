#!/usr/bin/env bash
# OpenTelemetry Collector: memory_limiter goes on to refuse data for up to 30 s after memory is free, whatever min_gc_interval_when_soft_limited is.
#
# The limiter compares its limits with the heap, garbage included. Go's own collection starts only when the heap has grown to twice what was in use, and a Collector that
# refuses data allocates little. So the limiter forces a collection, at most every min_gc_interval_when_soft_limited, 10 s. But each one that frees less than 5 % doubles
# the interval (memorylimiter.go, checkLimitAndBackoff) up to max_gc_interval_when_soft_limited, 30 s, and none frees more while the queues are full because the backend
# is away. When the backend is back and the queues are empty, the limiter learns that from the next collection, and until then it refuses what the backend could take.
# A shorter interval helps only together with max_gc_interval_when_soft_limited and max_gc_interval_when_hard_limited, which limit the doubling.
#
# Output with memorylimiterprocessor v0.165.0; limit_mib: 200, spike_limit_mib: 40, min_gc_interval_when_soft_limited: 1s; 176 MiB are in use until the third forced
# collection:
#
#   both max_gc_interval_...  memory in use for  refused after that for
#   30s (default)                           7 s                     8 s
#   1s                                      3 s                     1 s
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module limiter
go 1.26
require (
	go.opentelemetry.io/collector/component/componenttest v0.165.0
	go.opentelemetry.io/collector/confmap v1.71.0
	go.opentelemetry.io/collector/consumer/consumertest v0.165.0
	go.opentelemetry.io/collector/pdata v1.71.0
	go.opentelemetry.io/collector/processor/memorylimiterprocessor v0.165.0
	go.opentelemetry.io/collector/processor/processortest v0.165.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"log"
	"runtime"
	"time"

	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/memorylimiterprocessor"
	"go.opentelemetry.io/collector/processor/processortest"
)

func main() {
	fmt.Println("both max_gc_interval_...  memory in use for  refused after that for")
	used, refused := outage(nil)
	fmt.Printf("%-13s%28.0f s%22.0f s\n", "30s (default)", used.Seconds(), refused.Seconds())
	usedShort, refusedShort := outage(map[string]any{"max_gc_interval_when_soft_limited": "1s", "max_gc_interval_when_hard_limited": "1s"})
	fmt.Printf("%-13s%28.0f s%22.0f s\n", "1s", usedShort.Seconds(), refusedShort.Seconds())
	if refused < 6*time.Second || refusedShort > 3*time.Second {
		log.Fatal("this has changed")
	}
}

// outage fills the memory until the limiter has forced three collections, and returns how long that took, and how long it refuses spans afterwards.
func outage(settings map[string]any) (used, refused time.Duration) {
	ctx := context.Background()
	factory := memorylimiterprocessor.NewFactory()
	config := factory.CreateDefaultConfig()
	for _, m := range []map[string]any{{
		"limit_mib": 200, "spike_limit_mib": 40, "check_interval": "100ms", "min_gc_interval_when_soft_limited": "1s",
	}, settings} {
		check(confmap.NewFromStringMap(m).Unmarshal(config))
	}
	queue := make([][]byte, 176)
	for n := range queue {
		queue[n] = make([]byte, 1<<20)
	}
	runtime.GC()
	limiter, err := factory.CreateTraces(ctx, processortest.NewNopSettings(factory.Type()), config, consumertest.NewNop())
	check(err)
	check(limiter.Start(ctx, componenttest.NewNopHost()))
	began, forced := time.Now(), collections()
	for collections() < forced+3 {
		time.Sleep(10 * time.Millisecond)
	}
	used = time.Since(began)
	runtime.KeepAlive(queue)
	queue = nil

	if limiter.ConsumeTraces(ctx, spans()) == nil {
		log.Fatal("nothing was refused")
	}
	for began = time.Now(); limiter.ConsumeTraces(ctx, spans()) != nil; time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			log.Fatal("refused for a minute")
		}
	}
	refused = time.Since(began)
	check(limiter.Shutdown(ctx))
	return used, refused
}

// collections returns how many garbage collections were forced so far.
func collections() uint32 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.NumForcedGC
}

func spans() ptrace.Traces {
	td := ptrace.NewTraces()
	td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty().SetName("work")
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
