#!/usr/bin/env bash
# franz-go: the span in which a record is received lasts as long as the processing of all records before it, or not at all, depending on how one polls.
#
# The plugin kotel v1.7.1 starts a record's receive span when the record has arrived in the client's buffer, and ends it when a poll returns the record. So its
# length isn't that of any receiving. With PollRecords(ctx, 1), the 20th record of one fetch has a receive span that covers the processing of the other 19,
# and they all overlap. With PollFetches, which returns the 20 together, each receive span ends at once, and the same wait is a gap between the receive span and
# the process span, in no span at all. Every record is a trace of its own, so neither picture shows what the record waited for.
#
# Output with franz-go v1.22.3 and its in-memory broker kfake, for 20 records that arrive in one fetch and take 20 ms each:
#
#   the 20th record         receive      gap  process  (ms)
#   PollRecords(ctx, 1)         385        0       20
#   PollFetches(ctx)              0      387       20
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module kafka
go 1.26
require (
	github.com/twmb/franz-go v1.22.3
	github.com/twmb/franz-go/pkg/kfake v0.0.0-20260918054303-01f206a7e32c
	github.com/twmb/franz-go/plugin/kotel v1.7.1
	go.opentelemetry.io/otel v1.47.0
	go.opentelemetry.io/otel/sdk v1.47.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/plugin/kotel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

const records = 20

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// consume processes the topic's records one after another, and returns the last one's spans, receive and process.
func consume(poll func(*kgo.Client) kgo.Fetches) (receive, process trace.ReadOnlySpan) {
	ctx := context.Background()
	cluster := must(kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "orders")))
	defer cluster.Close()
	recorder := tracetest.NewSpanRecorder()
	tracer := kotel.NewTracer(
		kotel.TracerProvider(trace.NewTracerProvider(trace.WithSpanProcessor(recorder))),
		kotel.TracerPropagator(propagation.TraceContext{}))
	options := []kgo.Opt{kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.WithHooks(kotel.NewKotel(kotel.WithTracer(tracer)).Hooks()...)}

	producer := must(kgo.NewClient(append(options, kgo.DefaultProduceTopic("orders"))...))
	var batch []*kgo.Record
	for range records {
		batch = append(batch, kgo.StringRecord("order"))
	}
	must(0, producer.ProduceSync(ctx, batch...).FirstErr())
	producer.Close()

	consumer := must(kgo.NewClient(append(options, kgo.ConsumeTopics("orders"))...))
	defer consumer.Close()
	for n := 0; n < records; {
		fetches := poll(consumer)
		must(0, fetches.Err())
		fetches.EachRecord(func(r *kgo.Record) {
			_, span := tracer.WithProcessSpan(r)
			time.Sleep(20 * time.Millisecond)
			span.End()
			n++
		})
	}
	for _, span := range recorder.Ended() { // in the order of their ends
		switch _, operation, _ := strings.Cut(span.Name(), " "); operation {
		case "receive":
			receive = span
		case "process":
			process = span
		}
	}
	return receive, process
}

func main() {
	ctx := context.Background()
	fmt.Println("the 20th record         receive      gap  process  (ms)")
	measure := func(name string, poll func(*kgo.Client) kgo.Fetches) (took, gap time.Duration) {
		receive, process := consume(poll)
		took, gap = receive.EndTime().Sub(receive.StartTime()), process.StartTime().Sub(receive.EndTime())
		fmt.Printf("%-22s%9d%9d%9d\n", name, took.Milliseconds(), gap.Milliseconds(), process.EndTime().Sub(process.StartTime()).Milliseconds())
		return took, gap
	}
	one, gapOne := measure("PollRecords(ctx, 1)", func(c *kgo.Client) kgo.Fetches { return c.PollRecords(ctx, 1) })
	all, gapAll := measure("PollFetches(ctx)", func(c *kgo.Client) kgo.Fetches { return c.PollFetches(ctx) })
	const long, short = 300 * time.Millisecond, 150 * time.Millisecond
	if one < long || gapOne > short || all > short || gapAll < long {
		log.Fatal("the behaviour has changed")
	}
}
GO
go run . 2>build.log || { cat build.log >&2; exit 1; }
