#!/usr/bin/env bash
# OpenTelemetry Go: with OTEL_EXPORTER_OTLP_ENDPOINT=collector:4317, traces and metrics arrive and logs are lost; with 10.0.0.7:4317, all three go to localhost.
#
# For OTLP over gRPC, the specification asks for any form that gRPC accepts. If the scheme is neither http nor https, otlptracegrpc and otlpmetricgrpc v1.47.0 pass
# the whole value to gRPC (withEndpointForGRPC in internal/otlpconfig/envconfig.go, grpcEndpoint in internal/oconf/envconfig.go). otlploggrpc v0.23.0 takes the
# host of the parsed URL (convEndpoint in config.go; its documentation asks for http or https). This is empty for collector:4317, where `collector` is the scheme
# for url.Parse, for dns:///collector:4317, and for unix:///path. The errors of its exports name neither the variable nor its value.
# An IP address with a port is no URL for url.Parse. Each exporter reports this once and keeps the default, localhost:4317.
#
# The Collector here is a gRPC server on loopback, and OTEL_EXPORTER_OTLP_INSECURE=true, as an endpoint without http:// needs.
#
# Output with these versions:
#
#   http://localhost:46057
#     traces, metrics, logs arrive
#   localhost:46057
#     traces, metrics arrive
#     logs do not: dns resolver: missing address
#   dns:///localhost:46057
#     traces, metrics arrive
#     logs do not: dns resolver: missing address
#   127.0.0.1:46057
#     traces do not: connection error: desc = "transport: Error while dialing: not the Collector: 127.0.0.1:4317"
#     metrics do not: connection error: desc = "transport: Error while dialing: not the Collector: 127.0.0.1:4317"
#     logs do not: connection error: desc = "transport: Error while dialing: not the Collector: 127.0.0.1:4317"
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module endpoint
go 1.26
require (
	go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc v0.23.0
	go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc v1.47.0
	go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc v1.47.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"strings"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	logs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	metrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	traces "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
)

type traceService struct {
	traces.UnimplementedTraceServiceServer
}

func (traceService) Export(context.Context, *traces.ExportTraceServiceRequest) (*traces.ExportTraceServiceResponse, error) {
	return new(traces.ExportTraceServiceResponse), nil
}

type metricService struct {
	metrics.UnimplementedMetricsServiceServer
}

func (metricService) Export(context.Context, *metrics.ExportMetricsServiceRequest) (*metrics.ExportMetricsServiceResponse, error) {
	return new(metrics.ExportMetricsServiceResponse), nil
}

type logService struct {
	logs.UnimplementedLogsServiceServer
}

func (logService) Export(context.Context, *logs.ExportLogsServiceRequest) (*logs.ExportLogsServiceResponse, error) {
	return new(logs.ExportLogsServiceResponse), nil
}

// dial connects to the Collector only. This machine may have another one at the default address.
func dial(port string) grpc.DialOption {
	return grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
		if !strings.HasSuffix(address, ":"+port) {
			return nil, errors.New("not the Collector: " + address)
		}
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	})
}

func exportTraces(ctx context.Context, dial grpc.DialOption) error {
	exporter, err := otlptracegrpc.New(ctx, otlptracegrpc.WithDialOption(dial), otlptracegrpc.WithRetry(otlptracegrpc.RetryConfig{}))
	if err != nil {
		return err
	}
	defer exporter.Shutdown(ctx)
	return exporter.ExportSpans(ctx, tracetest.SpanStubs{{Name: "span"}}.Snapshots())
}

func exportMetrics(ctx context.Context, dial grpc.DialOption) error {
	exporter, err := otlpmetricgrpc.New(ctx, otlpmetricgrpc.WithDialOption(dial), otlpmetricgrpc.WithRetry(otlpmetricgrpc.RetryConfig{}))
	if err != nil {
		return err
	}
	defer exporter.Shutdown(ctx)
	return exporter.Export(ctx, new(metricdata.ResourceMetrics))
}

func exportLogs(ctx context.Context, dial grpc.DialOption) error {
	exporter, err := otlploggrpc.New(ctx, otlploggrpc.WithDialOption(dial), otlploggrpc.WithRetry(otlploggrpc.RetryConfig{}))
	if err != nil {
		return err
	}
	defer exporter.Shutdown(ctx)
	return exporter.Export(ctx, make([]sdklog.Record, 1))
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	traces.RegisterTraceServiceServer(server, traceService{})
	metrics.RegisterMetricsServiceServer(server, metricService{})
	logs.RegisterLogsServiceServer(server, logService{})
	go server.Serve(listener)
	defer server.Stop()
	_, port, _ := net.SplitHostPort(listener.Addr().String())

	os.Setenv("OTEL_EXPORTER_OTLP_INSECURE", "true")
	changed := false
	for _, c := range []struct{ endpoint, arrive string }{
		{"http://localhost:", "traces, metrics, logs"},
		{"localhost:", "traces, metrics"},
		{"dns:///localhost:", "traces, metrics"},
		{"127.0.0.1:", ""},
	} {
		os.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.endpoint+port)
		fmt.Println(c.endpoint + port)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		var arrived, failed []string
		for _, signal := range []struct {
			name   string
			export func(context.Context, grpc.DialOption) error
		}{{"traces", exportTraces}, {"metrics", exportMetrics}, {"logs", exportLogs}} {
			if err := signal.export(ctx, dial(port)); err != nil {
				_, reason, _ := strings.Cut(err.Error(), "desc = ")
				failed = append(failed, fmt.Sprintf("  %s do not: %s", signal.name, reason))
				continue
			}
			arrived = append(arrived, signal.name)
		}
		got := strings.Join(arrived, ", ")
		if got != "" {
			fmt.Println("  " + got + " arrive")
		}
		for _, line := range failed {
			fmt.Println(line)
		}
		cancel()
		changed = changed || got != c.arrive
	}
	if changed {
		log.Fatal("the behaviour has changed")
	}
}
GO
go run . 2>run.log || { cat run.log >&2; exit 1; }
