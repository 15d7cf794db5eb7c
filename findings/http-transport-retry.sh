#!/usr/bin/env bash
# Go's HTTP transport repeats a GET on its own, and the client's span shows one successful call where the server worked twice.
#
# If a connection that was kept open breaks before the first byte of a response, net/http sends a request without a body again on a new connection. otelhttp
# v0.72.0 wraps the transport from outside: one client span, with status 200, which includes the time of the failed attempt, and two server spans below it that
# look like two calls made one after the other. The server's span of the failed attempt has no http.response.status_code, and its status is UNSET. The
# attribute http.request.resend_count, which the conventions have for repeated requests, is on none of them.
#
# Output with otelhttp v0.72.0; the server breaks the connection of the second of two requests after 40 ms:
#
#   requests that the client made: 2, that the server handled: 3
#   client   0 – 41 ms  http.response.status_code: 200, status Unset
#   server   0 – 40 ms  http.response.status_code: none, status Unset
#   server  41 – 41 ms  http.response.status_code: 200, status Unset
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module retry
go 1.26
require (
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.72.0
	go.opentelemetry.io/otel v1.47.0
	go.opentelemetry.io/otel/sdk v1.47.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

func main() {
	recorder := tracetest.NewSpanRecorder()
	options := []otelhttp.Option{
		otelhttp.WithTracerProvider(trace.NewTracerProvider(trace.WithSpanProcessor(recorder))),
		otelhttp.WithPropagators(propagation.TraceContext{}),
	}
	var handled atomic.Int32
	server := httptest.NewServer(otelhttp.NewHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if handled.Add(1) == 2 {
			time.Sleep(40 * time.Millisecond)
			panic(http.ErrAbortHandler) // closes the connection, as a server that is stopped does
		}
		io.WriteString(w, "ok")
	}), "", options...))
	client := &http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport, options...)}
	for range 2 {
		resp, err := client.Get(server.URL)
		if err != nil {
			log.Fatal("the behaviour has changed: ", err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	server.Close() // waits for the handlers, and so for their spans

	spans := recorder.Ended()
	slices.SortFunc(spans, func(a, b trace.ReadOnlySpan) int { return a.StartTime().Compare(b.StartTime()) })
	second := spans[2:] // without the client's and the server's of the first request
	var kinds []string
	fmt.Println("requests that the client made: 2, that the server handled:", handled.Load())
	for _, span := range second {
		status := "none"
		for _, kv := range span.Attributes() {
			switch kv.Key {
			case "http.response.status_code":
				status = kv.Value.Emit()
			case "http.request.resend_count":
				log.Fatal("the behaviour has changed: ", kv)
			}
		}
		from, to := span.StartTime().Sub(second[0].StartTime()), span.EndTime().Sub(second[0].StartTime())
		fmt.Printf("%-7s%3d –%3d ms  http.response.status_code: %s, status %s\n", span.SpanKind(), from.Milliseconds(), to.Milliseconds(), status, span.Status().Code)
		kinds = append(kinds, span.SpanKind().String()+" "+status+" "+span.Status().Code.String())
	}
	if !slices.Equal(kinds, []string{"client 200 Unset", "server none Unset", "server 200 Unset"}) {
		log.Fatal("the behaviour has changed")
	}
}
GO
go run . 2>build.log || { cat build.log >&2; exit 1; }
