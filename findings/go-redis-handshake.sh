#!/usr/bin/env bash
# go-redis: a SET that succeeds on a new connection has failed spans below it, and the dial that it waited for is a trace of its own.
#
# go-redis introduces itself on each new connection with CLIENT SETINFO, and by default also asks for maintenance notifications until a server has refused. It
# ignores the errors of a server that knows neither, such as Redis before 7.2. redisotel v9.23.0 records them as spans with status Error below the command that
# needed the connection, so a filter for traces with errors finds every request that was first on its connection. The dial uses a context without the request's
# span: `redis.dial` is a root, and in the request's trace its time is only a part of the command's span in which nothing seems to happen.
#
# Output with go-redis and redisotel v9.23.0, on miniredis v2.40.0; 10 SETs at once, with a dial of 50 ms each:
#
#     8 client                 in a request's trace: true   status Error ERR unknown subcommand 'MAINT_NOTIFICATIONS'. Try CLIENT HELP.
#    10 hello                  in a request's trace: true   status Unset 
#    10 redis.dial             in a request's trace: false  status Unset 
#    10 redis.pipeline client  in a request's trace: true   status Error ERR unknown subcommand 'SETINFO'. Try CLIENT HELP.
#    10 request                in a request's trace: true   status Unset 
#    10 set                    in a request's trace: true   status Unset 
#   SETs that failed: 0, traces with a failed span: 10
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module handshake
go 1.26
require (
	github.com/alicebob/miniredis/v2 v2.40.0
	github.com/redis/go-redis/extra/redisotel/v9 v9.23.0
	github.com/redis/go-redis/v9 v9.23.0
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
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/extra/redisotel/v9"
	"github.com/redis/go-redis/v9"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

func main() {
	server, err := miniredis.Run()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	recorder := tracetest.NewSpanRecorder()
	provider := trace.NewTracerProvider(trace.WithSpanProcessor(recorder))
	client := redis.NewClient(&redis.Options{Addr: server.Addr(), PoolSize: 10, Dialer: func(ctx context.Context, network, addr string) (net.Conn, error) {
		time.Sleep(50 * time.Millisecond)
		return new(net.Dialer).DialContext(ctx, network, addr)
	}})
	if err := redisotel.InstrumentTracing(client, redisotel.WithTracerProvider(provider)); err != nil {
		log.Fatal(err)
	}
	var requests sync.WaitGroup
	for i := range 10 {
		requests.Go(func() {
			ctx, span := provider.Tracer("").Start(context.Background(), "request")
			defer span.End()
			if err := client.Set(ctx, fmt.Sprint("key ", i), "value", 0).Err(); err != nil {
				log.Fatal(err)
			}
		})
	}
	requests.Wait()
	client.Close()

	inRequest := make(map[string]bool) // by trace ID
	for _, span := range recorder.Ended() {
		if span.Name() == "request" {
			inRequest[span.SpanContext().TraceID().String()] = true
		}
	}
	count := make(map[string]int)
	failedIn := make(map[string]bool)
	for _, span := range recorder.Ended() {
		id := span.SpanContext().TraceID().String()
		key := fmt.Sprintf("%-22s in a request's trace: %-5t  status %s %s", span.Name(), inRequest[id], span.Status().Code, span.Status().Description)
		count[key]++
		if span.Status().Code == codes.Error {
			failedIn[id] = true
		}
		if inRequest[id] == (span.Name() == "redis.dial") {
			log.Fatal("the behaviour has changed: ", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(count)) {
		fmt.Printf("%3d %s\n", count[key], key)
	}
	fmt.Printf("SETs that failed: 0, traces with a failed span: %d\n", len(failedIn))
	if len(failedIn) == 0 {
		log.Fatal("the behaviour has changed")
	}
}
GO
go run . 2>build.log || { cat build.log >&2; exit 1; }
