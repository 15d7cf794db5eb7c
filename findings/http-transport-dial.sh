#!/usr/bin/env bash
# Go's HTTP transport: a request can have the span of a connection that it never used, made long after the request has ended.
#
# When no connection is idle, net/http dials a new one and at the same time waits for another request's to become free. If that comes first, the request goes
# out on it, and the dial goes on in the background, with the request's httptrace hooks. otelhttptrace v0.72.0 turns these into an `http.connect` span below the
# client span, which ended some time before: the trace becomes many times as long as the request. The wait itself is an `http.getconn` span whose attributes,
# reused=true and wasidle=false, are easily read as "a connection was at hand"; it waited for one that was busy.
#
# Output with otelhttp and otelhttptrace v0.72.0; the second of two requests needs a dial of 500 ms, while the first request's connection is free after 50 ms:
#
#   HTTP GET           0 –  87 ms
#   http.getconn       0 –  35 ms  reused=true wasidle=false
#   http.connect     501 – 501 ms  child of HTTP GET: true
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module dial
go 1.26
require (
	go.opentelemetry.io/contrib/instrumentation/net/http/httptrace/otelhttptrace v0.72.0
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.72.0
	go.opentelemetry.io/otel/sdk v1.47.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/httptrace/otelhttptrace"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

func main() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(50 * time.Millisecond)
		io.WriteString(w, "ok")
	}))
	defer server.Close()

	recorder := tracetest.NewSpanRecorder()
	provider := trace.NewTracerProvider(trace.WithSpanProcessor(recorder))
	var dials atomic.Int32
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		if dials.Add(1) == 2 {
			time.Sleep(500 * time.Millisecond) // a slow name server, say
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}}
	client := &http.Client{Transport: otelhttp.NewTransport(transport,
		otelhttp.WithTracerProvider(provider),
		otelhttp.WithClientTrace(func(ctx context.Context) *httptrace.ClientTrace {
			return otelhttptrace.NewClientTrace(ctx, otelhttptrace.WithTracerProvider(provider), otelhttptrace.WithoutHeaders())
		}))}

	var requests sync.WaitGroup
	for range 2 {
		requests.Go(func() {
			resp, err := client.Get(server.URL)
			if err != nil {
				log.Fatal(err)
			}
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		})
		time.Sleep(10 * time.Millisecond)
	}
	requests.Wait()
	time.Sleep(700 * time.Millisecond)

	// The second request's spans: the client span, the wait for a connection, and the connection that the request didn't wait for.
	var request, getconn, connect trace.ReadOnlySpan
	for _, span := range recorder.Ended() {
		if span.Name() == "HTTP GET" && (request == nil || span.StartTime().After(request.StartTime())) {
			request = span
		}
	}
	for _, span := range recorder.Ended() {
		if span.SpanContext().TraceID() != request.SpanContext().TraceID() {
			continue
		}
		switch span.Name() {
		case "http.getconn":
			getconn = span
		case "http.connect":
			connect = span
		}
	}
	attr := make(map[string]bool)
	for _, kv := range getconn.Attributes() {
		attr[string(kv.Key)] = kv.Value.AsBool()
	}
	reused, idle := attr["http.conn.reused"], attr["http.conn.wasidle"]
	at := func(t time.Time) int64 { return t.Sub(request.StartTime()).Round(time.Millisecond).Milliseconds() }
	show := func(span trace.ReadOnlySpan, more string) {
		fmt.Printf("%-16s%4d –%4d ms%s\n", span.Name(), at(span.StartTime()), at(span.EndTime()), more)
	}
	show(request, "")
	show(getconn, fmt.Sprintf("  reused=%t wasidle=%t", reused, idle))
	if connect == nil {
		log.Fatal("the behaviour has changed: no http.connect")
	}
	parent := connect.Parent().SpanID() == request.SpanContext().SpanID()
	show(connect, fmt.Sprintf("  child of HTTP GET: %t", parent))
	if !reused || idle || !parent || at(getconn.EndTime()) < 20 || connect.StartTime().Before(request.EndTime().Add(200*time.Millisecond)) {
		log.Fatal("the behaviour has changed")
	}
}
GO
go run . 2>build.log || { cat build.log >&2; exit 1; }
