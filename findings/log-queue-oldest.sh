#!/usr/bin/env bash
# OpenTelemetry Go: when its queues are full, spans are kept from the beginning and logs from the end, so that what is left of the two does not match.
#
# Both batch processors have a queue of 2,048 by default. That of spans is a channel, and a span that finds it full is dropped (enqueueDrop in
# sdk/trace/batch_span_processor.go). That of logs is a ring, and a record that finds it full overwrites the oldest (Enqueue in sdk/log/batch.go). If the
# Collector does not answer for some seconds, the traces from the beginning of this time have no logs, and the logs from its end have no traces. Nothing
# reports it by default: the number of dropped logs is a warning and that of dropped spans a debug message, and the SDK's logger shows only errors.
#
# Here each of 10,000 requests has a span and a log record, and the exporters wait in their first batch until the last request.
#
# Output with the sdk and sdk/log v1.47.0; the numbers of requests can differ by a batch if the machine is busy:
#
#   10000 requests: 2560 spans and 2560 logs exported
#   with a span and a log: 512
#   with a span only: 2048, among requests 512 to 2559
#   with a log only:  2048, among requests 7952 to 9999
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module oldest
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

	api "go.opentelemetry.io/otel/log"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/trace"
	oteltrace "go.opentelemetry.io/otel/trace"
)

const requests = 10_000

var collector = make(chan bool) // closed when the Collector answers again

type spans map[oteltrace.TraceID]bool

func (s spans) ExportSpans(_ context.Context, batch []trace.ReadOnlySpan) error {
	<-collector
	for _, span := range batch {
		s[span.SpanContext().TraceID()] = true
	}
	return nil
}

func (spans) Shutdown(context.Context) error { return nil }

type logs map[oteltrace.TraceID]bool

func (l logs) Export(_ context.Context, batch []sdklog.Record) error {
	<-collector
	for _, record := range batch {
		l[record.TraceID()] = true
	}
	return nil
}

func (logs) ForceFlush(context.Context) error { return nil }
func (logs) Shutdown(context.Context) error   { return nil }

func main() {
	ctx := context.Background()
	haveSpan, haveLog := make(spans), make(logs)
	traces := trace.NewTracerProvider(trace.WithBatcher(haveSpan))
	records := sdklog.NewLoggerProvider(sdklog.WithProcessor(sdklog.NewBatchProcessor(haveLog)))
	tracer, logger := traces.Tracer(""), records.Logger("")

	var ids []oteltrace.TraceID
	for range requests {
		ctx, span := tracer.Start(ctx, "request")
		logger.Emit(ctx, api.Record{})
		span.End()
		ids = append(ids, span.SpanContext().TraceID())
	}
	close(collector)
	if err := traces.Shutdown(ctx); err != nil {
		log.Fatal(err)
	}
	if err := records.Shutdown(ctx); err != nil {
		log.Fatal(err)
	}

	both := 0
	var spanOnly, logOnly []int
	for i, id := range ids {
		switch {
		case haveSpan[id] && haveLog[id]:
			both++
		case haveSpan[id]:
			spanOnly = append(spanOnly, i)
		case haveLog[id]:
			logOnly = append(logOnly, i)
		}
	}
	fmt.Printf("%d requests: %d spans and %d logs exported\n", requests, len(haveSpan), len(haveLog))
	fmt.Println("with a span and a log:", both)
	if len(spanOnly) == 0 || len(logOnly) == 0 {
		log.Fatal("the behaviour has changed")
	}
	fmt.Printf("with a span only: %d, among requests %d to %d\n", len(spanOnly), spanOnly[0], spanOnly[len(spanOnly)-1])
	fmt.Printf("with a log only:  %d, among requests %d to %d\n", len(logOnly), logOnly[0], logOnly[len(logOnly)-1])
	if spanOnly[len(spanOnly)-1] >= logOnly[0] {
		log.Fatal("the behaviour has changed")
	}
}
GO
go run . 2>run.log || { cat run.log >&2; exit 1; }
