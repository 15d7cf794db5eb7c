package build

import "slices"

// A tool is a third-party program that a run needs.
type tool struct {
	name     string
	dir      string // its module
	pkg      string
	tags     string   // of the build
	release  string   // the program in releasesFile that has everything it needs; "" is none
	setting  string   // the environment variable that names a program to use instead; "" is none
	configs  []string // the files that it is started with
	building string   // how long a build takes, and what is different about its result
}

// The third-party programs. Every run needs the first two or, with a PIPELINE, others: see [native.Settings.Tools].
const (
	Collector = "otelcol"
	Jaeger    = "jaeger"
	Scale     = "otelcol-scale" // a Collector that can do what deploy/pipeline needs
	Broker    = "broker"
)

const pipelines = "deploy/pipeline/"

var tools = []tool{
	{name: Collector, dir: "deploy/tools/collector", pkg: ".", release: Collector, setting: "OTELCOL_BIN",
		configs: []string{"otel-collector-config.yaml"}, building: "1 to 3 minutes on two cores, once."},
	{name: Jaeger, dir: "deploy/tools/jaeger", pkg: "github.com/jaegertracing/jaeger/cmd/jaeger", release: Jaeger, setting: "JAEGER_BIN",
		configs: []string{"deploy/jaeger.yaml"},
		building: "5 to 15 minutes on two cores, once. This Jaeger will have an API, but no web pages.\n" +
			"For the pages, and to skip the wait, press Ctrl-C, download a released Jaeger from https://www.jaegertracing.io/download/ and run\n" +
			"    JAEGER_BIN=/path/to/jaeger make up"},
	{name: Scale, dir: "deploy/tools/collector", pkg: ".", tags: "scale", release: Collector, setting: "OTELCOL_BIN",
		configs:  []string{"otel-collector-config.yaml", pipelines + "agent-gateways.yaml", pipelines + "resolver-static.yaml", pipelines + "agent-kafka.yaml"},
		building: "4 to 12 minutes on two cores, once."},
	{name: Broker, dir: "deploy/tools/broker", pkg: ".", building: "1 minute, once."},
}

// toolOf returns the tool of that name.
func toolOf(name string) tool {
	return tools[slices.IndexFunc(tools, func(t tool) bool { return t.name == name })]
}
