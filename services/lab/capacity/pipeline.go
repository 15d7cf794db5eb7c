package capacity

import (
	"strings"

	"spanwise/lab/native"
)

// The pipelines, from the agents to Jaeger. In all but the first, tail sampling keeps a share of the traces.
const (
	Direct        = string(native.Direct)        // agents send to Jaeger
	Gateways      = string(native.Gateways)      // agents send to gateways, which sample
	GatewaysTwice = string(native.GatewaysTwice) // agents send to two sets of gateways
	Kafka         = string(native.Kafka)         // agents send to Kafka, from which gateways read
	KafkaTwice    = string(native.KafkaTwice)    // two sets of gateways read from Kafka

	again = "-twice"
)

// Pipelines lists the pipelines. They are the values of the setting PIPELINE.
var Pipelines = []string{Direct, Gateways, GatewaysTwice, Kafka, KafkaTwice}

// once returns the pipeline with one set of gateways, which is the one that was measured.
func once(pipeline string) string { return strings.TrimSuffix(pipeline, again) }

// setsOf returns how many sets of gateways a pipeline has, each of which gets all traces.
func setsOf(pipeline string) int {
	switch {
	case pipeline == Direct:
		return 0
	case strings.HasSuffix(pipeline, again):
		return 2
	}
	return 1
}

// queuesOf returns how many queues an agent has: one for each receiver.
func queuesOf(pipeline string) int {
	if pipeline == GatewaysTwice {
		return 2
	}
	return 1
}

// copiesOf returns how many times each stored span is sent to Jaeger.
func copiesOf(pipeline string) int { return max(1, setsOf(pipeline)) }

// timesOf returns how many times a part has to carry its load, for all instances together. Only one of each was measured. An agent with two
// queues receives spans once, so twice is a little more than it needs.
func timesOf(pipeline, part string) int {
	switch part {
	case agent:
		return queuesOf(pipeline)
	case gateway:
		return setsOf(pipeline)
	case jaeger:
		return copiesOf(pipeline)
	}
	return 1
}
