#!/usr/bin/env bash
# OpenTelemetry Collector: while the disk is full, the sending queue deletes the batches that wait in it, and no counter says so.
#
# To take a batch out of a queue with a storage, the exporter writes which batches are under way (persistent_queue.go, getNextItem). If that cannot be written, it
# cleans up as if the batch had been sent (itemDispatchingFinish): the batch is deleted, which needs no space, and only the log says so, at the level error. So a
# queue that has survived an outage is emptied if the disk fills up with something else, just when the receiver is back and the exporter takes everything out.
# otelcol_exporter_send_failed_spans stays 0, because nothing was tried; the batches are not there after a restart either.
#
# The storage here is one in memory that refuses to store when it is told to, and can still delete, as bbolt can on a full disk: a Collector v0.158.0 with
# file_storage on a disk that another program had filled logged the same error.
#
# Output with exporterhelper v0.165.0:
#
#   the exporter hangs; 6 batches of 10 spans are accepted, and 6 are stored
#   disk full, the exporter goes on: it got 10 spans, 0 batches are stored
#   errors in the log, the first for the batch that was sent: 6 × failed updating currently dispatched items, but deleted item successfully: no space left on device
#   the counters: 10 spans sent, 0 failed
#   space again, a restart, and a new span: it got 1 more
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module dispatch
go 1.26
require (
	go.opentelemetry.io/collector/exporter/exporterhelper v0.165.0
	go.opentelemetry.io/collector/exporter/exportertest v0.165.0
	go.opentelemetry.io/collector/extension/xextension v0.165.0
	go.opentelemetry.io/otel/sdk/metric v1.47.0
	go.uber.org/zap v1.28.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"log"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

var storageID = component.MustNewID("memory")

// A disk is a storage extension, its client, and the host that has it.
type disk struct {
	mu   sync.Mutex
	data map[string][]byte
	full atomic.Bool
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

// Batch fails without effect if it would write and the disk is full.
func (d *disk) Batch(_ context.Context, ops ...*storage.Operation) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, op := range ops {
		if op.Type == storage.Set && d.full.Load() {
			return syscall.ENOSPC
		}
	}
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

func spans(n int) ptrace.Traces {
	td := ptrace.NewTraces()
	scope := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	for range n {
		scope.Spans().AppendEmpty().SetName("work")
	}
	return td
}

// batches returns how many batches are stored: their keys are numbers.
func (d *disk) batches() (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for key := range d.data {
		if _, err := strconv.Atoi(key); err == nil {
			n++
		}
	}
	return n
}

// counted returns what the exporter's counter of spans with that outcome says.
func counted(ctx context.Context, reader metric.Reader, outcome string) (n int64) {
	var all metricdata.ResourceMetrics
	if err := reader.Collect(ctx, &all); err != nil {
		log.Fatal(err)
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			if sum, ok := m.Data.(metricdata.Sum[int64]); ok && strings.Contains(m.Name, outcome+"_spans") {
				for _, point := range sum.DataPoints {
					n += point.Value
				}
			}
		}
	}
	return n
}

func main() {
	ctx := context.Background()
	d := &disk{data: make(map[string][]byte)}
	queue := exporterhelper.NewDefaultQueueConfig()
	queue.Sizer, queue.QueueSize, queue.NumConsumers, queue.StorageID = exporterhelper.RequestSizerTypeItems, 1000, 1, &storageID
	queue.Batch = configoptional.None[exporterhelper.BatchConfig]()
	taken, goOn := make(chan struct{}, 100), make(chan struct{})
	var sent atomic.Int64
	core, logged := observer.New(zap.ErrorLevel)
	counts := metric.NewManualReader()
	typ := component.MustNewType("otlp")
	set := exportertest.NewNopSettings(typ)
	set.Logger = zap.New(core)
	set.MeterProvider = metric.NewMeterProvider(metric.WithReader(counts))
	start := func() exporter.Traces {
		exp, err := exporterhelper.NewTraces(ctx, set, &struct{}{},
			func(_ context.Context, td ptrace.Traces) error { taken <- struct{}{}; <-goOn; sent.Add(int64(td.SpanCount())); return nil },
			exporterhelper.WithQueue(configoptional.Some(queue)), exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{}))
		if err == nil {
			err = exp.Start(ctx, d)
		}
		if err != nil {
			log.Fatal(err)
		}
		return exp
	}
	exp := start()
	const all = 6
	for range all {
		if err := exp.ConsumeTraces(ctx, spans(10)); err != nil {
			log.Fatal(err)
		}
	}
	<-taken
	before := d.batches()
	fmt.Printf("the exporter hangs; %d batches of 10 spans are accepted, and %d are stored\n", all, before)

	d.full.Store(true)
	close(goOn)
	for end := time.Now().Add(10 * time.Second); d.batches() > 0 && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
	}
	first, left := sent.Load(), d.batches()
	fmt.Printf("disk full, the exporter goes on: it got %d spans, %d batches are stored\n", first, left)
	errors := logged.FilterMessage("Error deleting item from queue").All()
	if len(errors) > 0 {
		fmt.Printf("errors in the log, the first for the batch that was sent: %d × %v\n", len(errors), errors[0].ContextMap()["error"])
	}
	good, bad := counted(ctx, counts, "exporter_sent"), counted(ctx, counts, "failed")
	fmt.Printf("the counters: %d spans sent, %d failed\n", good, bad)

	d.full.Store(false)
	if err := exp.Shutdown(ctx); err != nil {
		log.Fatal(err)
	}
	if err := start().ConsumeTraces(ctx, spans(1)); err != nil {
		log.Fatal(err)
	}
	<-taken // after everything that was stored before
	for end := time.Now().Add(10 * time.Second); sent.Load() == first && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
	}
	fmt.Printf("space again, a restart, and a new span: it got %d more\n", sent.Load()-first)
	if before != all || first != 10 || left != 0 || len(errors) != all || good != 10 || bad != 0 || sent.Load() != first+1 {
		log.Fatal("this has changed")
	}
}
GO
go mod tidy 2>tidy.log || { cat tidy.log >&2; exit 1; }
go run . 2>build.log || { cat build.log >&2; exit 1; }
