//go:build scale

package main

import (
	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/kafkaexporter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/loadbalancingexporter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/kafkareceiver"
)

// The pipelines in deploy/pipeline need these too. They make the program three times as large, and its
// build four times as long, so `make up` does without them.
func init() {
	receivers = append(receivers, kafkareceiver.NewFactory())
	exporters = append(exporters, loadbalancingexporter.NewFactory(), kafkaexporter.NewFactory())
}
