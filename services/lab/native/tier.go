package native

import (
	"path/filepath"
	"strings"
)

// scaleFile is the program of agents and gateways: a Collector with more components than the usual one.
const scaleFile = "otelcol-scale"

// Tools lists the third-party programs that the run needs.
func (s Settings) Tools() []string {
	tools := []string{Jaeger, s.collectorFile()}
	if s.Pipeline.HasKafka() {
		tools = append(tools, Broker)
	}
	return tools
}

func (s Settings) collectorFile() string {
	if s.Pipeline.scaled() {
		return scaleFile
	}
	return Collector
}

// tiers lists the programs between the services and Jaeger, each after those to which it sends.
func (s Settings) tiers() (programs []Program) {
	if s.Pipeline.HasKafka() {
		programs = append(programs, s.broker())
	}
	for _, name := range s.gateways() {
		programs = append(programs, s.gateway(name))
	}
	for _, name := range s.agents() {
		programs = append(programs, s.agent(name))
	}
	return programs
}

// agent returns a program to which services send. Its configuration is the Collector's, with another exporter if there is a pipeline.
func (s Settings) agent(name string) Program {
	files := []string{"otel-collector-config.yaml"}
	env := append(s.collectorVariables(name), "LAB_LOGS_ENDPOINT="+s.URL(LabPort)+"/v1/logs")
	switch {
	case s.Pipeline.HasKafka():
		files = append(files, "deploy/pipeline/agent-kafka.yaml")
	case s.Pipeline.lists():
		resolver, variables := s.resolver()
		files = append(append(files, "deploy/pipeline/agent-gateways.yaml"), resolver...)
		env = append(env, variables...)
	case s.Sampling.Tail:
		files = append(files, tailFile)
		env = append(env, "OTELCOL_PROCESSORS_tail=[memory_limiter, tail_sampling]")
	}
	if s.Metrics {
		files = append(files, "deploy/metrics/collector.yaml")
	}
	return s.collectorProgram(name, files, env)
}

// gateway returns a program that decides which traces Jaeger gets; with SAMPLING=all, it gets all that is in Kafka.
func (s Settings) gateway(name string) Program {
	var files []string
	if s.Sampling.Tail {
		files = append(files, tailFile)
	}
	files = append(files, "deploy/pipeline/gateway.yaml")
	if s.Pipeline.HasKafka() {
		files = append(files, kafkaReceiver)
	}
	if !s.Sampling.Tail {
		files = append(files, "deploy/pipeline/ingester.yaml")
	}
	env := s.collectorVariables(name)
	if kind(name) == twin {
		env = append(env, "KAFKA_GROUP=spanwise-twin")
	}
	return s.collectorProgram(name, files, env)
}

// kafkaReceiver makes a gateway read from Kafka.
const kafkaReceiver = "deploy/pipeline/gateway-kafka.yaml"

// tailFile makes a Collector sample whole traces.
const tailFile = "deploy/otelcol-tail.yaml"

// writeWeights makes tail sampling write into the trace state what share of such traces it keeps, and go by what the services wrote
// there. Without it, traces that were sampled before would be sampled again, and counted as if they had not.
const writeWeights = "--feature-gates=processor.tailsamplingprocessor.usetracestate"

func (s Settings) collectorProgram(name string, files, env []string) Program {
	var args []string
	for _, file := range files {
		args = append(args, "--config", s.file(file))
		if file == tailFile {
			args = append(args, writeWeights)
		}
	}
	p := s.program(name, args, s.URL(portOf(name, healthPort))+"/", append(env, s.pipelineMemory(name)...)...)
	p.File = s.collectorFile()
	return p
}

// collectorVariables returns the variables that differ between one Collector and another.
func (s Settings) collectorVariables(name string) []string {
	env := []string{"OTELCOL_HOST=" + s.hostOf(name), "JAEGER_OTLP_ENDPOINT=" + s.jaegerOTLP(), "OTELCOL_QUEUE_DIR=" + s.queueDir(name)}
	for _, what := range collectorPorts {
		if number, ok := s.ports[portOf(name, what)]; ok {
			env = append(env, portVariable(portOf(Collector, what), number))
		}
	}
	if s.Pipeline.HasKafka() {
		env = append(env, `KAFKA_BROKERS=["`+s.Addr(brokerPort)+`"]`, "KAFKA_INSTANCE="+name)
	}
	return env
}

// queueDir is the folder in which a Collector keeps spans that were not accepted yet.
func (s Settings) queueDir(name string) string { return filepath.Join(s.Data, name+"-queue") }

// broker returns the program that stands for Kafka. Its folder keeps what gateways have not read yet until the next start.
func (s Settings) broker() Program {
	number := func(port string) string { _, n, _ := strings.Cut(s.Addr(port), ":"); return n }
	return s.program(Broker, []string{"-port", number(brokerPort), "-health", number(brokerHealth), "-data", filepath.Join(s.Data, Broker)},
		s.URL(brokerHealth)+"/")
}

// OTLP returns the address at which an agent or a gateway receives spans over gRPC.
func (s Settings) OTLP(name string) string { return s.Addr(portOf(name, otlpPort)) }

// shareOTLP gives all gateways the port of the first, if they are found by name.
func (s Settings) shareOTLP(name string) {
	if s.DNS && kind(name) == gateway {
		s.ports[portOf(name, otlpPort)] = s.ports[portOf(Gateway(1), otlpPort)]
	}
}

// ownMetrics returns the URL of an agent's or a gateway's own metrics.
func (s Settings) ownMetrics(name string) string {
	return s.URL(portOf(name, ownMetricsPort)) + "/metrics"
}
