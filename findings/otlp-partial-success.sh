#!/usr/bin/env bash
# otlptracegrpc: a collector that accepts everything and adds a warning makes the exporter report that the batch failed.
#
# OTLP lets a server answer "partial success" with no rejected spans and a message, to pass on a warning about a request that it has fully accepted:
# https://opentelemetry.io/docs/specs/otlp/#partial-success-1
# otlptracegrpc v1.47.0 returns that as the error of the export, as it does if spans were rejected. The type of the error is in an internal package, so a program
# that counts lost spans, such as a wrapper of the exporter, has to read the number of rejected spans from the text. It reads "100 spans rejected" or "0 spans rejected".
#
# Output with otlptracegrpc v1.47.0:
#
#   accepted, no message:    <nil>
#   accepted, with warning:  traces export: OTLP partial success: slow down (0 spans rejected)
#   one of 3 rejected:       traces export: OTLP partial success: too old (1 spans rejected)
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module partial
go 1.26
require (
	go.opentelemetry.io/otel v1.47.0
	go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc v1.47.0
	go.opentelemetry.io/otel/sdk v1.47.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"strings"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
)

// A server accepts every request and answers with a partial success.
type server struct {
	collector.UnimplementedTraceServiceServer
	answer *collector.ExportTracePartialSuccess
}

func (s *server) Export(context.Context, *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	return &collector.ExportTraceServiceResponse{PartialSuccess: s.answer}, nil
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	s := &server{}
	g := grpc.NewServer()
	collector.RegisterTraceServiceServer(g, s)
	go g.Serve(listener)
	ctx := context.Background()
	exporter, err := otlptracegrpc.New(ctx, otlptracegrpc.WithInsecure(), otlptracegrpc.WithEndpoint(listener.Addr().String()))
	if err != nil {
		log.Fatal(err)
	}
	spans := tracetest.SpanStubs{{Name: "a"}, {Name: "b"}, {Name: "c"}}.Snapshots()
	export := func(label string, answer *collector.ExportTracePartialSuccess) error {
		s.answer = answer
		err := exporter.ExportSpans(ctx, spans)
		fmt.Printf("%-24s %v\n", label, err)
		return err
	}
	whole := export("accepted, no message:", nil)
	warned := export("accepted, with warning:", &collector.ExportTracePartialSuccess{ErrorMessage: "slow down"})
	one := export("one of 3 rejected:", &collector.ExportTracePartialSuccess{RejectedSpans: 1, ErrorMessage: "too old"})
	if whole != nil || warned == nil || !strings.Contains(warned.Error(), "0 spans") || one == nil {
		log.Fatal("this has changed")
	}
}
GO
go run . 2>build.log || { cat build.log >&2; exit 1; }
