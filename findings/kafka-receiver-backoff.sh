#!/usr/bin/env bash
# OpenTelemetry Collector: with error_backoff as one would write it, the Kafka receiver tries again without a pause.
#
# The receiver's error_backoff has the fields of every exporter's retry_on_failure, but none of their defaults: multiplier is 0 unless it is set, where an exporter has
# 1.5 (factory.go makes no BackOffConfig). After the first pause, of initial_interval, the next one is 0 times as long, and so are all that follow. While the next
# component refuses, as memory_limiter does to ask for some time, the receiver calls it as fast as it can, for as long as that lasts, with a line in the log for each
# attempt. max_interval is never reached. Nothing is lost; a processor is busy with nothing.
#
# Output with kafkareceiver v0.158.0, with a broker in the same process; the second number differs from run to run:
#
#   error_backoff {initial_interval: 200ms, max_interval: 2s}, 3 s of errors:                   over 1,000 attempts
#   error_backoff {initial_interval: 200ms, max_interval: 2s, multiplier: 1.5}, 3 s of errors:  6 attempts
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module backoff
go 1.26
require (
	github.com/open-telemetry/opentelemetry-collector-contrib/receiver/kafkareceiver v0.158.0
	github.com/twmb/franz-go v1.22.3
	github.com/twmb/franz-go/pkg/kfake v0.0.0-20260918054303-01f206a7e32c
	go.opentelemetry.io/collector/component/componenttest v0.158.0
	go.opentelemetry.io/collector/consumer v1.64.0
	go.opentelemetry.io/collector/pdata v1.64.0
	go.opentelemetry.io/collector/receiver/receivertest v0.158.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"sync/atomic"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/kafkareceiver"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/receiver/receivertest"
)

func main() {
	ctx := context.Background()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "otlp_spans"))
	check(err)
	defer cluster.Close()
	td := ptrace.NewTraces()
	td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty().SetName("work")
	message, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
	check(err)
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...))
	check(err)
	defer client.Close()
	check(client.ProduceSync(ctx, &kgo.Record{Topic: "otlp_spans", Value: message}).FirstErr())

	backoff := map[string]any{"enabled": true, "initial_interval": "200ms", "max_interval": "2s"}
	without := attempts(ctx, cluster.ListenAddrs(), "without", backoff)
	text := fmt.Sprint(without)
	if without > 1000 {
		text = "over 1,000"
	}
	fmt.Println("error_backoff {initial_interval: 200ms, max_interval: 2s}, 3 s of errors:                  ", text, "attempts")
	backoff["multiplier"] = 1.5
	with := attempts(ctx, cluster.ListenAddrs(), "with", backoff)
	fmt.Println("error_backoff {initial_interval: 200ms, max_interval: 2s, multiplier: 1.5}, 3 s of errors: ", with, "attempts")
	if without < 1000 || with > 10 {
		log.Fatal("this has changed")
	}
}

// attempts returns how often a receiver hands its first message on in the 3 s after the first attempt, all of which fail.
func attempts(ctx context.Context, brokers []string, group string, backoff map[string]any) int64 {
	factory := kafkareceiver.NewFactory()
	config := factory.CreateDefaultConfig()
	check(confmap.NewFromStringMap(map[string]any{
		"brokers": brokers, "group_id": group, "initial_offset": "earliest", "error_backoff": backoff,
		"message_marking": map[string]any{"after": true},
	}).Unmarshal(config))
	var n atomic.Int64
	first := make(chan struct{})
	refuse, err := consumer.NewTraces(func(context.Context, ptrace.Traces) error {
		if n.Add(1) == 1 {
			close(first)
		}
		return errors.New("data refused due to high memory usage")
	})
	check(err)
	receiver, err := factory.CreateTraces(ctx, receivertest.NewNopSettings(factory.Type()), config, refuse)
	check(err)
	check(receiver.Start(ctx, componenttest.NewNopHost()))
	<-first
	time.Sleep(3 * time.Second)
	total := n.Load()
	check(receiver.Shutdown(ctx))
	return total
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
GO
go mod tidy 2>tidy.log || { cat tidy.log >&2; exit 1; }
go run . 2>build.log || { cat build.log >&2; exit 1; }
