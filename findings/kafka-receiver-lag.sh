#!/usr/bin/env bash
# OpenTelemetry Collector: the lag of a partition that a Kafka receiver has given back stays in its metrics.
#
# otelcol_kafka_receiver_offset_lag is how far a receiver is behind in each partition. It is a gauge that is written when a message has been handed on, and nothing takes
# it back: when a consumer group shares out its partitions again, because a member has joined, the last lag of a partition that moved away is exported until the process
# ends. The new owner exports its own. So max() over the group never falls to 0 again, sum() counts such partitions twice, and an alert on either goes on although every
# message was read. kafka_receiver_partition_start minus kafka_receiver_partition_close says how many partitions a receiver has, but not which.
#
# Output with kafkareceiver v0.158.0, with a broker in the same process; the last number differs from run to run:
#
#   all 400 messages are read, and the first receiver has 1 of 2 partitions
#   lag that it exports: of its own partition 0, of the one it gave back 185
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module lag
go 1.26
require (
	github.com/open-telemetry/opentelemetry-collector-contrib/receiver/kafkareceiver v0.158.0
	github.com/twmb/franz-go v1.22.3
	github.com/twmb/franz-go/pkg/kfake v0.0.0-20260918054303-01f206a7e32c
	go.opentelemetry.io/collector/component/componenttest v0.158.0
	go.opentelemetry.io/collector/consumer v1.64.0
	go.opentelemetry.io/collector/pdata v1.64.0
	go.opentelemetry.io/collector/receiver v1.64.0
	go.opentelemetry.io/collector/receiver/receivertest v0.158.0
)
MOD

cat >main.go <<'GO'
package main

import (
	"context"
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
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

const each = 200 // messages in each of two partitions

func main() {
	ctx := context.Background()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, "otlp_spans"))
	check(err)
	defer cluster.Close()
	produce(ctx, cluster.ListenAddrs())

	var read atomic.Int64
	first := start(ctx, cluster.ListenAddrs(), &read)
	for read.Load() < 20 {
		time.Sleep(10 * time.Millisecond)
	}
	second := start(ctx, cluster.ListenAddrs(), &read)
	for deadline := time.Now().Add(time.Minute); read.Load() < 2*each || len(lag(second)) == 0; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			log.Fatal("the messages were not read, or the second receiver got no partition")
		}
	}
	time.Sleep(time.Second)

	moved := int64(-1)
	for moved = range lag(second) {
	}
	fmt.Printf("all %d messages are read, and the first receiver has 1 of 2 partitions\n", read.Load())
	stale := lag(first)
	fmt.Printf("lag that it exports: of its own partition %d, of the one it gave back %d\n", stale[1-moved], stale[moved])
	if stale[1-moved] != 0 || stale[moved] == 0 {
		log.Fatal("this has changed")
	}
}

// produce writes messages one by one, so that each is a batch and can be fetched alone.
func produce(ctx context.Context, brokers []string) {
	td := ptrace.NewTraces()
	td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty().SetName("work")
	message, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
	check(err)
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	check(err)
	defer client.Close()
	for n := range 2 * each {
		check(client.ProduceSync(ctx, &kgo.Record{Topic: "otlp_spans", Partition: int32(n % 2), Value: message}).FirstErr())
	}
}

// start starts a receiver that fetches one message at a time, and whose next component takes 20 ms for each.
func start(ctx context.Context, brokers []string, read *atomic.Int64) *componenttest.Telemetry {
	factory := kafkareceiver.NewFactory()
	config := factory.CreateDefaultConfig()
	check(confmap.NewFromStringMap(map[string]any{
		"brokers": brokers, "group_id": "gateways", "initial_offset": "earliest", "heartbeat_interval": "100ms",
		"max_partition_fetch_size": 150, "message_marking": map[string]any{"after": true},
	}).Unmarshal(config))
	slow, err := consumer.NewTraces(func(context.Context, ptrace.Traces) error {
		time.Sleep(20 * time.Millisecond)
		read.Add(1)
		return nil
	})
	check(err)
	telemetry := componenttest.NewTelemetry()
	settings := receivertest.NewNopSettings(factory.Type())
	settings.TelemetrySettings = telemetry.NewTelemetrySettings()
	receiver, err := factory.CreateTraces(ctx, settings, config, slow)
	check(err)
	check(receiver.Start(ctx, componenttest.NewNopHost()))
	return telemetry
}

// lag returns what a receiver exports, by partition.
func lag(telemetry *componenttest.Telemetry) map[int64]int64 {
	all := map[int64]int64{}
	m, err := telemetry.GetMetric("otelcol_kafka_receiver_offset_lag")
	if err != nil {
		return all // nothing was read yet
	}
	for _, point := range m.Data.(metricdata.Gauge[int64]).DataPoints {
		partition, _ := point.Attributes.Value("partition")
		all[partition.AsInt64()] = point.Value
	}
	return all
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
GO
go mod tidy 2>tidy.log || { cat tidy.log >&2; exit 1; }
go run . 2>build.log || { cat build.log >&2; exit 1; }
