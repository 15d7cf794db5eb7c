#!/usr/bin/env bash
# OpenTelemetry Collector: spans that could not be written to the queue on disk take up its capacity, until the queue has drained.
#
# A sending queue with a storage adds the size of a batch to its own before it writes the batch (persistent_queue.go, Offer), and takes nothing back if the write
# fails. While the disk is full, each refused batch therefore counts as queued: otelcol_exporter_queue_size shows spans that are nowhere. Once the failures add up to
# queue_size, the queue refuses everything with "sending queue is full", also after there is space again, although nearly nothing is in it. The size is corrected only
# when the queue is empty, which needs the receiver of the spans: a full disk during an outage leaves a queue that buffers no more, just when it is needed.
#
# The storage here is one in memory that fails when it is told to, as the file_storage extension does on a full disk.
#
# Output with exporterhelper v0.165.0:
#
#   the exporter hangs, queue_size is 100 spans
#   a batch of 10 spans:                        accepted
#   disk full, 9 batches of 10 spans:           9 refused: no space left on device
#   space again, a batch of 10 spans:           refused: sending queue is full (10 spans are stored)
#   the exporter goes on, a batch of 10 spans:  accepted
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module queue
go 1.26
require (
	go.opentelemetry.io/collector/exporter/exporterhelper v0.165.0
	go.opentelemetry.io/collector/exporter/exportertest v0.165.0
	go.opentelemetry.io/collector/extension/xextension v0.165.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"log"
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

func outcome(err error) string {
	if err != nil {
		return "refused: " + err.Error()
	}
	return "accepted"
}

func main() {
	ctx := context.Background()
	d := &disk{data: make(map[string][]byte)}
	queue := exporterhelper.NewDefaultQueueConfig()
	queue.Sizer, queue.QueueSize, queue.NumConsumers, queue.StorageID = exporterhelper.RequestSizerTypeItems, 100, 1, &storageID
	queue.Batch = configoptional.None[exporterhelper.BatchConfig]()
	goOn, sent := make(chan struct{}), make(chan int, 100)
	typ := component.MustNewType("otlp")
	exp, err := exporterhelper.NewTraces(ctx, exportertest.NewNopSettings(typ), &struct{}{},
		func(_ context.Context, td ptrace.Traces) error { <-goOn; sent <- td.SpanCount(); return nil },
		exporterhelper.WithQueue(configoptional.Some(queue)), exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{}))
	if err != nil {
		log.Fatal(err)
	}
	if err := exp.(exporter.Traces).Start(ctx, d); err != nil {
		log.Fatal(err)
	}
	fmt.Println("the exporter hangs, queue_size is 100 spans")
	first := exp.ConsumeTraces(ctx, spans(10))
	fmt.Println("a batch of 10 spans:                       ", outcome(first))

	d.full.Store(true)
	refused := 0
	for range 9 {
		if err = exp.ConsumeTraces(ctx, spans(10)); err != nil {
			refused++
		}
	}
	fmt.Printf("disk full, 9 batches of 10 spans:           %d %s\n", refused, outcome(err))
	d.full.Store(false)
	again := exp.ConsumeTraces(ctx, spans(10))
	fmt.Println("space again, a batch of 10 spans:          ", outcome(again), "(10 spans are stored)")

	close(goOn)
	if n := <-sent; n != 10 {
		log.Fatalf("the exporter got %d spans", n)
	}
	var last error
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if last = exp.ConsumeTraces(ctx, spans(10)); last == nil {
			break
		}
	}
	fmt.Println("the exporter goes on, a batch of 10 spans: ", outcome(last))
	if first != nil || refused != 9 || again == nil || last != nil {
		log.Fatal("this has changed")
	}
}
GO
go mod tidy 2>tidy.log || { cat tidy.log >&2; exit 1; }
go run . 2>build.log || { cat build.log >&2; exit 1; }
