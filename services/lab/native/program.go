package native

import (
	"path/filepath"
	"strings"
)

// The programs of a run.
const (
	Lab       = "lab"
	Jaeger    = "jaeger"
	Collector = "otelcol"
	Inventory = "inventory"
	Pricing   = "pricing"
	Order     = "order"
)

// All lists the programs. Each sends only to those before it, so they stop in the reverse order: while a program still sends,
// its receiver is running. With METRICS=on there is also Prometheus, which stops last.
var All = []string{Lab, Jaeger, Collector, Inventory, Pricing, Order}

// Services lists the shop's programs in the order in which they stop.
var Services = []string{Order, Pricing, Inventory}

// A Program describes how to run one program.
type Program struct {
	Name  string
	Path  string
	Args  []string
	Dir   string
	Env   []string // all of it
	Enter []string // the command that runs the program on another host, if not empty
	Ready string   // a URL that answers with a 2xx once the program is ready
}

// programs lists the programs of a run, as All does, without the paths of those that may have to be built.
func (s Settings) programs() []Program {
	programs := []Program{
		s.program(Lab, []string{"serve"}, s.URL(LabPort)+"/readyz",
			"ADDR="+s.Addr(LabPort), "ORDER_URL="+s.Shown(OrderPort), "INVENTORY_URL="+s.Shown(InventoryPort),
			"PRICING_URL="+s.Shown(PricingPort), "JAEGER_URL="+s.Shown(JaegerPort),
			"OTELCOL_HEALTH_URL="+s.URL(collectorReady), "LAB_PROGRESS_FILE="+s.ProgressFile(),
			"DATA_DIR="+s.Data, "PRICING_DATABASE_URL="+s.DatabaseURL(Pricing)), // where its page makes a big catalogue
		s.jaeger(),
		s.collector(),
		s.service(Inventory, InventoryPort),
		s.service(Pricing, PricingPort, "INVENTORY_URL="+s.URL(InventoryPort)),
		s.service(Order, OrderPort, "INVENTORY_URL="+s.URL(InventoryPort), "PRICING_URL="+s.URL(PricingPort)),
	}
	if s.Metrics {
		programs = append(programs, s.prometheus())
	}
	return programs
}

// jaegerGC is Jaeger's GOGC, unless it is set. Nearly all of Jaeger's memory is the traces that it keeps, so it needs half as much
// again and not twice as much, for one more collection in a while.
const jaegerGC = "50"

func (s Settings) jaeger() Program {
	args := []string{"--config", s.file("deploy/jaeger.yaml")}
	env := append(s.portVariables(Jaeger), "JAEGER_HOST="+s.jaegerHost(),
		"JAEGER_CONFIG_DIR="+s.file("deploy"), "JAEGER_DATA_DIR="+filepath.Join(s.Data, "jaeger"))
	if lookup(s.environ, "GOGC") == "" {
		env = append(env, "GOGC="+jaegerGC)
	}
	if s.Metrics {
		args = append(args, "--config", s.file("deploy/metrics/jaeger.yaml"))
		env = append(env, "PROMETHEUS_URL="+s.URL(PrometheusPort))
	}
	return s.program(Jaeger, args, s.URL(jaegerReady)+"/status", env...)
}

func (s Settings) collector() Program {
	args := []string{"--config", s.file("otel-collector-config.yaml")}
	env := append(s.portVariables(Collector), "OTELCOL_HOST="+s.hostOf(Collector),
		"JAEGER_OTLP_ENDPOINT="+s.jaegerOTLP(), "LAB_LOGS_ENDPOINT="+s.URL(LabPort)+"/v1/logs",
		"OTELCOL_QUEUE_DIR="+s.QueueDir())
	if s.Metrics {
		args = append(args, "--config", s.file("deploy/metrics/collector.yaml"))
	}
	if s.Sampling.Tail {
		args = append(args, "--config", s.file("deploy/otelcol-tail.yaml"))
		env = append(env, "OTELCOL_PROCESSORS_tail=[memory_limiter, tail_sampling]")
	}
	return s.program(Collector, args, s.URL(collectorReady)+"/", env...)
}

func (s Settings) service(name, port string, env ...string) Program {
	admin := ""
	if s.Profile {
		admin = s.Addr(AdminPort(name))
	}
	env = append(env, "ADDR="+s.Addr(port), "ADMIN_ADDR="+admin, "DATA_DIR="+s.Data, "FAULTS=on",
		"DATABASE_URL="+s.DatabaseURL(name),
		"OTEL_EXPORTER_OTLP_ENDPOINT="+s.URL(collectorOTLP))
	return s.program(name, nil, s.URL(port)+"/readyz", env...)
}

func (s Settings) program(name string, args []string, ready string, env ...string) Program {
	return Program{Name: name, Args: args, Dir: s.Root, Ready: ready, Enter: s.enter(name),
		Env: append(s.environ[:len(s.environ):len(s.environ)], env...)}
}

// portVariables returns the variables from which a program's configuration file reads its ports.
func (s Settings) portVariables(owner string) []string {
	var env []string
	for _, p := range ports {
		if p.owner == owner {
			_, number, _ := strings.Cut(s.Addr(p.name), ":")
			env = append(env, p.name+"="+number)
		}
	}
	return env
}

func (s Settings) file(name string) string { return filepath.Join(s.Root, filepath.FromSlash(name)) }
