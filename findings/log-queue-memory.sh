#!/usr/bin/env bash
# OpenTelemetry Go: the batch processor for logs allocates its whole queue at the start, so a large limit costs tens of MB in a service that logs nothing.
#
# The queue is a ring whose elements contain the records themselves, with room for five attributes each: newRing (sdk/log/ring.go) allocates an object of
# 640 bytes for every record that the queue may ever hold. The worker has a buffer of 512 records besides (sdk/log/batch.go). That is 1.6 MB with the default of
# 2,048. With OTEL_BLRP_MAX_QUEUE_SIZE=100000, to survive a pause of the Collector, it is 64 MB in 100,000 objects, which each garbage collection visits.
# The queue for spans is a channel of interfaces, 16 bytes each: the same limit costs 1.6 MB.
#
# Output with the sdk and sdk/log v1.47.0 on a 64-bit machine, with nothing logged or traced:
#
#   queue of   2048: spans  0.04 MB in     16 objects, logs  1.62 MB in   2066 objects
#   queue of 100000: spans  1.62 MB in     10 objects, logs 64.30 MB in 100017 objects
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module memory
go 1.26
require (
	go.opentelemetry.io/otel/sdk v1.47.0
	go.opentelemetry.io/otel/sdk/log v1.47.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"runtime"
	"strconv"
	"time"

	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

type noLogs struct{}

func (noLogs) Export(context.Context, []sdklog.Record) error { return nil }
func (noLogs) ForceFlush(context.Context) error              { return nil }
func (noLogs) Shutdown(context.Context) error                { return nil }

// use returns what start leaves on the heap.
func use(start func() any) (megabytes float64, objects int64) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	processor := start()
	time.Sleep(100 * time.Millisecond) // its goroutine allocates, too
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(processor)
	return float64(int64(after.HeapAlloc)-int64(before.HeapAlloc)) / 1e6, int64(after.HeapObjects) - int64(before.HeapObjects)
}

func main() {
	for _, size := range []int{2048, 100_000} {
		os.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", strconv.Itoa(size))
		os.Setenv("OTEL_BLRP_MAX_QUEUE_SIZE", strconv.Itoa(size))
		spanMB, spanObjects := use(func() any { return trace.NewBatchSpanProcessor(tracetest.NewInMemoryExporter()) })
		logMB, logObjects := use(func() any { return sdklog.NewBatchProcessor(noLogs{}) })
		fmt.Printf("queue of %6d: spans %5.2f MB in %6d objects, logs %5.2f MB in %6d objects\n", size, spanMB, spanObjects, logMB, logObjects)
		if logObjects < int64(size) || logMB < 10*spanMB {
			log.Fatal("the behaviour has changed")
		}
	}
}
GO
go run . 2>run.log || { cat run.log >&2; exit 1; }
