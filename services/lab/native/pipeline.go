package native

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"spanwise/internal/sampling"
)

// PipelineName is the environment variable that chooses the pipeline.
const PipelineName = "PIPELINE"

// A Pipeline is an arrangement of Collectors between the services and Jaeger. docs/scale.md says when to choose which.
type Pipeline string

// The pipelines. With a second set of gateways, which gets the same traces, what one set loses is in the other.
const (
	Direct        Pipeline = "direct"         // agents, then Jaeger
	Gateways      Pipeline = "gateways"       // agents, then gateways, chosen by the trace's id
	GatewaysTwice Pipeline = "gateways-twice" // agents, then two sets of gateways
	Kafka         Pipeline = "kafka"          // agents, then Kafka, then gateways
	KafkaTwice    Pipeline = "kafka-twice"    // agents, then Kafka, then two sets of gateways
)

// Pipelines lists them from the smallest to the largest.
var Pipelines = []Pipeline{Direct, Gateways, GatewaysTwice, Kafka, KafkaTwice}

// Text lists the programs of make up before Jaeger.
func (p Pipeline) Text() string {
	switch p {
	case Gateways:
		return "an agent, two gateways"
	case GatewaysTwice:
		return "an agent, two sets of two gateways"
	case Kafka:
		return "an agent, Kafka, two gateways"
	case KafkaTwice:
		return "an agent, Kafka, two sets of two gateways"
	}
	return "a Collector"
}

// Stops lists the programs that stop after the services, in that order.
func (p Pipeline) Stops() string {
	switch {
	case p.lists():
		return "the agent, the gateways once they have decided, and Jaeger"
	case p.HasKafka():
		return "the agent, the gateways once they have read all and decided, Kafka and Jaeger"
	}
	return "the Collector and Jaeger"
}

// HasKafka reports whether spans pass Kafka.
func (p Pipeline) HasKafka() bool { return p == Kafka || p == KafkaTwice }

// lists reports whether the agents have lists of gateways, from which they choose.
func (p Pipeline) lists() bool { return p == Gateways || p == GatewaysTwice }

// Twice reports whether every trace goes to two sets of gateways.
func (p Pipeline) Twice() bool { return p == GatewaysTwice || p == KafkaTwice }

// scaled reports whether there are gateways between the agents and Jaeger.
func (p Pipeline) scaled() bool { return p != Direct && p != "" }

// readPipeline reads PIPELINE, and SAMPLING where it depends on the pipeline: gateways exist to sample, so they do unless it says all.
func (s *Settings) readPipeline(environ []string) error {
	value := lookup(environ, PipelineName)
	s.Pipeline = Pipeline(value)
	if value == "" {
		s.Pipeline = Direct
	}
	if !slices.Contains(Pipelines, s.Pipeline) {
		return fmt.Errorf("%s=%s: choose direct, gateways, gateways-twice, kafka or kafka-twice", PipelineName, value)
	}
	if !s.Pipeline.scaled() {
		return nil
	}
	if lookup(environ, sampling.Name) == "" {
		s.Sampling = sampling.Mode{Tail: true}
		s.Set(sampling.Name, "tail") // for the services and the page
	}
	if !s.Sampling.Tail && s.Pipeline != Kafka {
		return fmt.Errorf("%s=%s samples in its gateways, so %s=%s does not fit: leave %[3]s out, or choose %[1]s=kafka or direct",
			PipelineName, s.Pipeline, sampling.Name, s.Sampling)
	}
	return nil
}

// The programs of a pipeline. Each is one of several, numbered from 1; the first agent is the Collector.
const (
	Broker  = "broker"
	gateway = "gateway"
	twin    = "twin" // a gateway of the second set
)

// Agent returns the name of the nth agent.
func Agent(n int) string {
	if n == 1 {
		return Collector
	}
	return Collector + "-" + strconv.Itoa(n)
}

// Gateway returns the name of the nth gateway.
func Gateway(n int) string { return gateway + "-" + strconv.Itoa(n) }

// Twin returns the name of the nth gateway of the second set.
func Twin(n int) string { return twin + "-" + strconv.Itoa(n) }

// IsGateway reports whether a program is a gateway, of either set.
func IsGateway(program string) bool { return kind(program) == gateway || kind(program) == twin }

// kind returns what a program is one of: a gateway for gateway-1.
func kind(program string) string {
	name, _, _ := strings.Cut(program, "-")
	return name
}

// agents returns the names of the agents.
func (s Settings) agents() []string { return numbered(Agent, max(1, s.Agents)) }

// DecisionWait is the environment variable that says how long gateways wait for the spans of a trace after its root, in whole seconds.
const DecisionWait = "OTELCOL_DECISION_WAIT"

// gateways returns the names of the gateways of both sets.
func (s Settings) gateways() (names []string) {
	if s.Pipeline.scaled() {
		names = numbered(Gateway, max(2, s.Gateways))
	}
	if s.Pipeline.Twice() {
		names = append(names, numbered(Twin, 2)...)
	}
	return names
}

func numbered(name func(int) string, n int) (names []string) {
	for i := range n {
		names = append(names, name(i+1))
	}
	return names
}
