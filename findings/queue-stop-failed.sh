#!/usr/bin/env bash
# OpenTelemetry Collector: each stop during an outage counts spans as failed that stay in the queue on disk and are sent later.
#
# otelcol_exporter_send_failed_spans counts, by its description, "failed attempts", but with retry_on_failure it counts only what the exporter has given up, so it is read as
# the number of lost spans. A Collector that stops ends the retries in progress with an error (internal/retry_sender.go, NewShutdownErr). A sending_queue with a storage
# keeps these batches (internal/queue/persistent_queue.go, onDone), but the counter takes the error for a failure (internal/obs_report_sender.go, endOp). So each stop
# counts up to num_consumers batches, and when the backend is back and all is sent, sent plus failed is more than what was accepted. The attribute error.type, which the
# Collector exports with the metrics level detailed only, is Shutdown, but it is the same for a queue in memory, where the spans are lost.
#
# Output with exporterhelper v0.165.0, with a storage that outlives the exporter:
#
#   spans accepted: 10
#   backend is away, stop 1: send_failed_spans 10 (Shutdown)
#   backend is away, stop 2: send_failed_spans 10 (Shutdown)
#   backend is back, stop 3: send_failed_spans 0, sent_spans 10
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module failed
go 1.26
require (
	go.opentelemetry.io/collector/component/componenttest v0.165.0
	go.opentelemetry.io/collector/exporter/exporterhelper v0.165.0
	go.opentelemetry.io/collector/exporter/exportertest v0.165.0
	go.opentelemetry.io/collector/extension/xextension v0.165.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

var storageID = component.MustNewID("memory")

// A disk is a storage extension, its client, and the host that has it.
type disk struct {
	mu   sync.Mutex
	data map[string][]byte
}

func (d *disk) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{storageID: d}
}
func (*disk) Start(context.Context, component.Host) error { return nil }
func (*disk) Shutdown(context.Context) error              { return nil }
func (d *disk) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	return d, nil
}
func (*disk) Close(context.Context) error { return nil }
func (d *disk) Get(ctx context.Context, key string) ([]byte, error) {
	op := storage.GetOperation(key)
	err := d.Batch(ctx, op)
	return op.Value, err
}
func (d *disk) Set(ctx context.Context, key string, value []byte) error {
	return d.Batch(ctx, storage.SetOperation(key, value))
}
func (d *disk) Delete(ctx context.Context, key string) error {
	return d.Batch(ctx, storage.DeleteOperation(key))
}
func (d *disk) Batch(_ context.Context, ops ...*storage.Operation) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, op := range ops {
		switch op.Type {
		case storage.Get:
			op.Value = d.data[op.Key]
		case storage.Set:
			d.data[op.Key] = op.Value
		case storage.Delete:
			delete(d.data, op.Key)
		}
	}
	return nil
}

func main() {
	d := &disk{data: make(map[string][]byte)}
	fmt.Println("spans accepted: 10")
	failed1, why1, _ := run(d, true, 10)
	fmt.Printf("backend is away, stop 1: send_failed_spans %d (%s)\n", failed1, why1)
	failed2, why2, _ := run(d, true, 0)
	fmt.Printf("backend is away, stop 2: send_failed_spans %d (%s)\n", failed2, why2)
	failed3, _, sent := run(d, false, 0)
	fmt.Printf("backend is back, stop 3: send_failed_spans %d, sent_spans %d\n", failed3, sent)
	if failed1 != 10 || failed2 != 10 || failed3 != 0 || sent != 10 {
		log.Fatal("this has changed")
	}
}

// run starts an exporter, gives it the spans, stops it after the first try to send them, and returns what its metrics say.
func run(d *disk, away bool, spans int) (failed int64, why string, sent int64) {
	ctx := context.Background()
	queue := exporterhelper.NewDefaultQueueConfig()
	queue.StorageID = &storageID
	tried := make(chan struct{}, 1)
	push := func(context.Context, ptrace.Traces) error {
		select {
		case tried <- struct{}{}:
		default:
		}
		if away {
			return errors.New("connection refused")
		}
		return nil
	}
	typ := component.MustNewType("otlp")
	telemetry := componenttest.NewTelemetry()
	settings := exportertest.NewNopSettings(typ)
	settings.TelemetrySettings = telemetry.NewTelemetrySettings()
	exporter, err := exporterhelper.NewTraces(ctx, settings, &struct{}{}, push,
		exporterhelper.WithQueue(configoptional.Some(queue)), exporterhelper.WithRetry(configretry.NewDefaultBackOffConfig()))
	check(err)
	check(exporter.Start(ctx, d))
	if spans > 0 {
		td := ptrace.NewTraces()
		scope := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
		for range spans {
			scope.Spans().AppendEmpty().SetName("work")
		}
		check(exporter.ConsumeTraces(ctx, td))
	}
	<-tried
	check(exporter.Shutdown(ctx))
	failed, why = read(telemetry, "otelcol_exporter_send_failed_spans")
	sent, _ = read(telemetry, "otelcol_exporter_sent_spans")
	return failed, why, sent
}

// read returns a counter's value and the type of error that it counts.
func read(telemetry *componenttest.Telemetry, name string) (value int64, errorType string) {
	metric, err := telemetry.GetMetric(name)
	if err != nil {
		return 0, "" // nothing was counted
	}
	for _, point := range metric.Data.(metricdata.Sum[int64]).DataPoints {
		value += point.Value
		if why, ok := point.Attributes.Value("error.type"); ok {
			errorType = why.AsString()
		}
	}
	return value, errorType
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
GO
go mod tidy 2>tidy.log || { cat tidy.log >&2; exit 1; }
go run . 2>build.log || { cat build.log >&2; exit 1; }
