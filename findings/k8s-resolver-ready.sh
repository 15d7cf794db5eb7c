#!/usr/bin/env bash
# load_balancing of the OpenTelemetry Collector, with the resolver k8s, also sends to pods that are not ready, and to those that are stopping.
#
# Kubernetes keeps the address of a pod in its EndpointSlice until the pod has ended, and says in conditions.ready, .serving and .terminating what to make of it. The
# resolver (convertToEndpoints in resolver_k8s_handler.go) takes every address and reads no condition. So a gateway gets its share of the traces before it listens, while it
# fails its readiness probe, during all of its terminationGracePeriodSeconds, and on a node that is lost for as long as the pod is listed. A readiness probe or a preStop
# hook, the usual ways to take a pod out of a Service, take it out of DNS, but not out of this choice.
#
# Output with loadbalancingexporter v0.158.0; the API server here is a stand-in that knows one EndpointSlice, and the shares depend on the port, which is any free one:
#
#   address    ready  terminating  traces of 300
#   127.0.0.1  true   false        99
#   127.0.0.2  false  false        118
#   127.0.0.3  false  true         83
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module resolver
go 1.26
require (
	github.com/open-telemetry/opentelemetry-collector-contrib/exporter/loadbalancingexporter v0.158.0
	go.opentelemetry.io/collector/component v1.64.0
	go.opentelemetry.io/collector/component/componenttest v0.158.0
	go.opentelemetry.io/collector/confmap v1.64.0
	go.opentelemetry.io/collector/exporter/exportertest v0.158.0
	go.opentelemetry.io/collector/pdata v1.64.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/loadbalancingexporter"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	discovery "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const traces = 300

// A gateway accepts spans and counts them.
type gateway struct {
	ptraceotlp.UnimplementedGRPCServer
	address            string
	ready, terminating bool
	got                atomic.Int64
}

func (g *gateway) Export(_ context.Context, r ptraceotlp.ExportRequest) (ptraceotlp.ExportResponse, error) {
	g.got.Add(int64(r.Traces().SpanCount()))
	return ptraceotlp.NewExportResponse(), nil
}

var gateways = []*gateway{
	{address: "127.0.0.1", ready: true},
	{address: "127.0.0.2"},                    // not ready yet, or no longer
	{address: "127.0.0.3", terminating: true}, // in its preStop hook
}

// slices is what an API server answers about the service "gateways".
func slices() discovery.EndpointSliceList {
	slice := discovery.EndpointSlice{AddressType: discovery.AddressTypeIPv4}
	slice.Name, slice.Namespace, slice.ResourceVersion = "gateways-1", "default", "1"
	for _, g := range gateways {
		slice.Endpoints = append(slice.Endpoints, discovery.Endpoint{
			Addresses:  []string{g.address},
			Conditions: discovery.EndpointConditions{Ready: &g.ready, Serving: &g.ready, Terminating: &g.terminating},
		})
	}
	return discovery.EndpointSliceList{
		TypeMeta: metav1.TypeMeta{APIVersion: "discovery.k8s.io/v1", Kind: "EndpointSliceList"},
		ListMeta: metav1.ListMeta{ResourceVersion: "1"},
		Items:    []discovery.EndpointSlice{slice},
	}
}

// api answers lists. A watch begins and brings no news; one that should begin with the list is refused, as by older servers.
func api(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch q := r.URL.Query(); {
	case q.Get("sendInitialEvents") != "":
		w.WriteHeader(http.StatusUnprocessableEntity)
		_ = json.NewEncoder(w).Encode(metav1.Status{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"},
			Status: metav1.StatusFailure, Reason: metav1.StatusReasonInvalid, Code: http.StatusUnprocessableEntity})
	case q.Get("watch") != "":
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	default:
		_ = json.NewEncoder(w).Encode(slices())
	}
}

func listen(address string) (net.Listener, int) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	return l, l.Addr().(*net.TCPAddr).Port
}

// serve starts the gateways, all on one port, and returns it.
func serve() (port int) {
	for _, g := range gateways {
		var l net.Listener
		l, port = listen(fmt.Sprintf("%s:%d", g.address, port))
		s := grpc.NewServer()
		ptraceotlp.RegisterGRPCServer(s, g)
		go s.Serve(l)
	}
	return port
}

func main() {
	ctx := context.Background()
	l, port := listen("127.0.0.1:0")
	go http.Serve(l, http.HandlerFunc(api))
	kubeconfig, _ := filepath.Abs("kubeconfig")
	if err := os.WriteFile(kubeconfig, fmt.Appendf(nil, `{apiVersion: v1, kind: Config, current-context: a, contexts: [{name: a, context: {cluster: a, user: a}}],
users: [{name: a, user: {}}], clusters: [{name: a, cluster: {server: "http://127.0.0.1:%d"}}]}`, port), 0o600); err != nil {
		log.Fatal(err)
	}
	os.Setenv("KUBECONFIG", kubeconfig)

	factory := loadbalancingexporter.NewFactory()
	config := factory.CreateDefaultConfig()
	if err := confmap.NewFromStringMap(map[string]any{
		"protocol": map[string]any{"otlp": map[string]any{"tls": map[string]any{"insecure": true}, "sending_queue": map[string]any{"enabled": false}}},
		"resolver": map[string]any{"k8s": map[string]any{"service": "gateways.default", "ports": []any{serve()}}},
	}).Unmarshal(config); err != nil {
		log.Fatal(err)
	}
	exporter, err := factory.CreateTraces(ctx, exportertest.NewNopSettings(factory.Type()), config)
	if err != nil {
		log.Fatal(err)
	}
	if err := exporter.Start(ctx, componenttest.NewNopHost()); err != nil {
		log.Fatal(err)
	}
	for n := range traces {
		t := ptrace.NewTraces()
		s := t.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		s.SetTraceID([16]byte{1, byte(n >> 8), byte(n)})
		s.SetSpanID([8]byte{1})
		if err := exporter.ConsumeTraces(ctx, t); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("%-9s  ready  terminating  traces of %d\n", "address", traces)
	for _, g := range gateways {
		fmt.Printf("%s  %-5t  %-11t  %d\n", g.address, g.ready, g.terminating, g.got.Load())
		if g.got.Load() == 0 {
			log.Fatal("this has changed")
		}
	}
}
GO
go mod tidy 2>tidy.log || { cat tidy.log >&2; exit 1; }
go run . 2>build.log || { cat build.log >&2; exit 1; }
