package native

import (
	"fmt"
	"slices"
	"strconv"
)

// The environment variables that set the ports of a run. docker-compose.yml uses the same names.
const (
	LabPort        = "LAB_PORT"
	OrderPort      = "ORDER_PORT"
	InventoryPort  = "INVENTORY_PORT"
	PricingPort    = "PRICING_PORT"
	JaegerPort     = "JAEGER_UI_PORT"
	collectorOTLP  = "OTELCOL_GRPC_PORT"
	collectorReady = "OTELCOL_HEALTH_PORT"
	collectorSelf  = "OTELCOL_OWN_METRICS_PORT"
	jaegerReady    = "JAEGER_HEALTH_PORT"
	jaegerOTLP     = "JAEGER_OTLP_PORT"

	collectorMetrics = "OTELCOL_METRICS_PORT"
)

// A port is one that a run listens on.
type port struct {
	name  string // the environment variable
	usual int    // its number unless the variable is set
	owner string // the program that listens
	what  string // for people
}

var ports = []port{
	{LabPort, 8000, Lab, "lab page"},
	{OrderPort, 8080, Order, "order"},
	{InventoryPort, 8081, Inventory, "inventory"},
	{PricingPort, 8082, Pricing, "pricing"},
	{JaegerPort, 16686, Jaeger, "Jaeger, pages and API"},
	{"JAEGER_GRPC_QUERY_PORT", 16685, Jaeger, "Jaeger, gRPC API"},
	{jaegerOTLP, 14317, Jaeger, "Jaeger, OTLP"},
	{jaegerReady, 13134, Jaeger, "Jaeger, health"},
	{collectorOTLP, 4317, Collector, "Collector, OTLP over gRPC"},
	{"OTELCOL_HTTP_PORT", 4318, Collector, "Collector, OTLP over HTTP"},
	{collectorReady, 13133, Collector, "Collector, health"},
	{collectorSelf, 8888, Collector, "Collector, its own metrics"},
	{collectorMetrics, 8889, Collector, "Collector, the services' metrics"},
	{AdminPort(Order), 6080, Order, "order, profiles (`PROFILE=on`)"},
	{AdminPort(Inventory), 6081, Inventory, "inventory, profiles (`PROFILE=on`)"},
	{AdminPort(Pricing), 6082, Pricing, "pricing, profiles (`PROFILE=on`)"},
	{PrometheusPort, 9090, Prometheus, "Prometheus (`METRICS=on`, `--profile metrics`)"},
}

// ownerOf returns the program that listens on a port.
func ownerOf(name string) string {
	i := slices.IndexFunc(ports, func(p port) bool { return p.name == name })
	return ports[i].owner
}

// A Port is a port that can be moved.
type Port struct {
	Variable string
	Usual    int
	What     string // listens there
}

// Ports lists the ports of a run.
func Ports() (list []Port) {
	for _, p := range ports {
		list = append(list, Port{p.name, p.usual, p.what})
	}
	return list
}

// portOffset moves every port that has no variable of its own.
const portOffset = "PORT_OFFSET"

// offset returns the value of PORT_OFFSET, by default 0.
func offset(getenv func(string) string) (int, error) {
	text := getenv(portOffset)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	highest := 0
	for _, p := range ports {
		highest = max(highest, p.usual)
	}
	if most := maxPort - highest; err != nil || n < 0 || n > most {
		return 0, fmt.Errorf("%s=%s is not a number from 0 to %d, which is added to every port (for example %s=1000)", portOffset, text, most, portOffset)
	}
	return n, nil
}

const maxPort = 65535

// number returns the port's number: that of its variable, or its usual one plus the offset.
func (p port) number(getenv func(string) string, offset int) (int, error) {
	text := getenv(p.name)
	if text == "" {
		return p.usual + offset, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxPort {
		return 0, fmt.Errorf("%s=%s is not a port from 1 to %d (for example %s=%d)", p.name, text, maxPort, p.name, p.usual)
	}
	return n, nil
}

// addresses are the variables with the addresses at which the lab's commands look for a running lab.
var addresses = map[string]string{"ORDER_URL": OrderPort, "INVENTORY_URL": InventoryPort, "PRICING_URL": PricingPort, "JAEGER_URL": JaegerPort,
	"ORDER_ADMIN_URL": AdminPort(Order), "INVENTORY_ADMIN_URL": AdminPort(Inventory), "PRICING_ADMIN_URL": AdminPort(Pricing)}

// Addresses returns a getenv that also knows where the variables of the ports, such as ORDER_PORT and PORT_OFFSET, have moved the
// running lab: ORDER_URL is there unless it is set. Where nothing is moved, it stays empty.
func Addresses(getenv func(string) string) func(string) string {
	return func(name string) string {
		value := getenv(name)
		if value != "" || addresses[name] == "" {
			return value
		}
		n, err := offset(getenv)
		for _, p := range ports {
			if p.name != addresses[name] || err != nil {
				continue
			}
			if moved, err := p.number(getenv, n); err == nil && moved != p.usual {
				return "http://localhost:" + strconv.Itoa(moved)
			}
		}
		return "" // lab up reports values that it does not understand
	}
}
