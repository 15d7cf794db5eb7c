package native

import (
	"cmp"
	"path/filepath"
	"slices"
	"strconv"

	"spanwise/internal/journal"
	"spanwise/internal/sampling"
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
// its receiver is running. With METRICS=on there is also Prometheus, which stops last. With a PIPELINE there are more: see [Pipeline].
var All = []string{Lab, Jaeger, Collector, Inventory, Pricing, Order}

// sendOrder lists the kinds of all programs, each before those that send to it. Gateways stop before the broker, from which they read.
var sendOrder = []string{Lab, Jaeger, Broker, gateway, twin, Collector, Nginx, Inventory, Pricing, Order}

// Services lists the shop's programs in the order in which they stop.
var Services = []string{Order, Pricing, Inventory}

// A Program describes how to run one program.
type Program struct {
	Name  string
	File  string // its name among Settings.Programs, if not Name
	Path  string
	Args  []string
	Dir   string
	Env   []string // all of it
	Enter []string // the command that runs the program on another host, if not empty
	Ready string   // a URL that answers with a 2xx once the program is ready
}

// file returns the program's name among Settings.Programs.
func (p Program) file() string { return cmp.Or(p.File, p.Name) }

// programs lists the programs of a run, each before those that send to it, without the paths of those that may have to be built.
func (s Settings) programs() []Program {
	programs := append([]Program{s.jaeger()}, s.tiers()...)
	if !s.NoShop {
		programs = slices.Concat([]Program{s.lab()}, programs, s.services())
	}
	if s.Metrics {
		programs = append(programs, s.prometheus())
	}
	return programs
}

func (s Settings) lab() Program {
	return s.program(Lab, []string{"serve"}, s.URL(LabPort)+"/readyz",
		"ADDR="+s.Addr(LabPort), "ORDER_URL="+s.Shown(OrderPort), "INVENTORY_URL="+s.Shown(InventoryPort),
		"PRICING_URL="+s.Shown(PricingPort), "JAEGER_URL="+s.Shown(JaegerPort),
		"OTELCOL_HEALTH_URL="+s.URL(collectorReady), "LAB_PROGRESS_FILE="+s.ProgressFile(),
		"DATA_DIR="+s.Data, "PRICING_DATABASE_URL="+s.DatabaseURL(Pricing)) // where its page makes a big catalogue
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

// services lists the programs of the shop, each after those that it calls.
func (s Settings) services() (programs []Program) {
	if s.Instances > 1 {
		programs = append(programs, s.nginx())
	}
	for _, name := range slices.Backward(s.AllInstances()) {
		programs = append(programs, s.service(name))
	}
	return programs
}

// service returns a program of the shop. Inventory's ignores the addresses of the other two.
func (s Settings) service(name string) Program {
	service, admin := kind(name), ""
	if s.Profile && s.Instances < 2 {
		admin = s.Addr(AdminPort(name))
	}
	env := []string{"ADDR=" + s.listenAddr(name), "ADMIN_ADDR=" + admin, "DATA_DIR=" + s.Data, "FAULTS=on",
		"INVENTORY_URL=" + s.URL(InventoryPort), "PRICING_URL=" + s.URL(PricingPort), "DATABASE_URL=" + s.DatabaseURL(service),
		"OTEL_EXPORTER_OTLP_ENDPOINT=" + s.URL(collectorOTLP), journal.As + "=" + name}
	if own := ownSampling(s.environ, service); own != "" {
		env = append(env, sampling.Name+"="+own)
	}
	p := s.program(name, nil, s.InstanceURL(name)+"/readyz", env...)
	p.File = service
	return p
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
			env = append(env, portVariable(p.name, s.ports[p.name]))
		}
	}
	return env
}

func portVariable(name string, number int) string { return name + "=" + strconv.Itoa(number) }

func (s Settings) file(name string) string { return filepath.Join(s.Root, filepath.FromSlash(name)) }
