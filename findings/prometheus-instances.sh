#!/usr/bin/env bash
# OpenTelemetry Collector: the Prometheus exporter takes the instances of a service without service.instance.id for one, and serves the value that came last.
#
# The exporter keeps one value for each name, attributes, scope, job and instance (accumulator.go, timeseriesSignature). job is service.name, and instance is
# service.instance.id. Other attributes of the resource, such as k8s.pod.name and host.name, are no part of it. So the counters of two pods without service.instance.id
# overwrite each other, without an error or a warning. The series jumps between them, and Prometheus takes each fall for a restart from 0: rate() is too high, and the
# more so, the more the pods have counted. The counters that spanmetrics makes for each resource fare the same. With resource_to_telemetry_conversion, the attributes of
# the resource become those of the series, which keeps the pods apart.
#
# Output with prometheusexporter v0.158.0; two pods send http.server.requests in turn, and the exporter is scraped each time:
#
#   pod a     100         110         120
#   pod b           7           8           9
#   scraped   100   7   110   8   120   9
#   the pods counted 22 more requests, and increase() of the series is 239
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module instances
go 1.26
require (
	github.com/open-telemetry/opentelemetry-collector-contrib/exporter/prometheusexporter v0.158.0
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
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/prometheusexporter"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

func main() {
	ctx := context.Background()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	address := listener.Addr().String()
	check(listener.Close())

	factory := prometheusexporter.NewFactory()
	config := factory.CreateDefaultConfig()
	check(confmap.NewFromStringMap(map[string]any{"endpoint": address}).Unmarshal(config))
	exporter, err := factory.CreateMetrics(ctx, exportertest.NewNopSettings(factory.Type()), config)
	check(err)
	check(exporter.Start(ctx, componenttest.NewNopHost()))

	sent := map[string][]int{"a": {100, 110, 120}, "b": {7, 8, 9}}
	var scraped []int
	for n := range 3 {
		for _, pod := range []string{"a", "b"} {
			check(exporter.ConsumeMetrics(ctx, requests(pod, sent[pod][n])))
			scraped = append(scraped, scrape(address))
		}
	}
	check(exporter.Shutdown(ctx))

	fmt.Printf("pod a  %6d%12d%12d\n", sent["a"][0], sent["a"][1], sent["a"][2])
	fmt.Printf("pod b  %10d%12d%12d\n", sent["b"][0], sent["b"][1], sent["b"][2])
	fmt.Print("scraped")
	for n, value := range scraped {
		fmt.Printf("%*d", 6-2*(n%2), value)
	}
	really := sent["a"][2] - sent["a"][0] + sent["b"][2] - sent["b"][0]
	fmt.Printf("\nthe pods counted %d more requests, and increase() of the series is %d\n", really, increase(scraped))
	if increase(scraped) == really || len(scraped) != 6 {
		log.Fatal("this has changed")
	}
}

var began = time.Now()

// requests returns a pod's counter of requests.
func requests(pod string, count int) pmetric.Metrics {
	md := pmetric.NewMetrics()
	resource := md.ResourceMetrics().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "shop")
	resource.Resource().Attributes().PutStr("k8s.pod.name", pod)
	metric := resource.ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	metric.SetName("http.server.requests")
	sum := metric.SetEmptySum()
	sum.SetIsMonotonic(true)
	sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	point := sum.DataPoints().AppendEmpty()
	point.SetStartTimestamp(pcommon.NewTimestampFromTime(began))
	point.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	point.SetIntValue(int64(count))
	return md
}

var value = regexp.MustCompile(`(?m)^http_server_requests_total{.*} (\d+)$`)

// scrape returns the value of the only series.
func scrape(address string) int {
	resp, err := http.Get("http://" + address + "/metrics")
	check(err)
	body, err := io.ReadAll(resp.Body)
	check(err)
	check(resp.Body.Close())
	found := value.FindAllSubmatch(body, -1)
	if len(found) != 1 {
		log.Fatalf("this has changed: %d series\n%s", len(found), body)
	}
	n, err := strconv.Atoi(string(found[0][1]))
	check(err)
	return n
}

// increase adds up a counter's growth as Prometheus does: after a fall, the counter has started from 0.
func increase(values []int) (sum int) {
	for n := 1; n < len(values); n++ {
		if values[n] < values[n-1] {
			sum += values[n]
			continue
		}
		sum += values[n] - values[n-1]
	}
	return sum
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
GO
go mod tidy 2>tidy.log || { cat tidy.log >&2; exit 1; }
go run . 2>build.log || { cat build.log >&2; exit 1; }
