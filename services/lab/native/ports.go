package native

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
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
	jaegerMetrics  = "JAEGER_METRICS_PORT"

	collectorMetrics = "OTELCOL_METRICS_PORT"

	brokerPort   = "BROKER_PORT"
	brokerHealth = "BROKER_HEALTH_PORT"
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
	{jaegerMetrics, 8887, Jaeger, "Jaeger, its own metrics (`METRICS=on`)"},
	{collectorOTLP, 4317, Collector, "Collector, OTLP over gRPC"},
	{"OTELCOL_HTTP_PORT", 4318, Collector, "Collector, OTLP over HTTP"},
	{collectorReady, 13133, Collector, "Collector, health"},
	{collectorSelf, 8888, Collector, "Collector, its own metrics"},
	{collectorMetrics, 8889, Collector, "Collector, the services' metrics"},
	{AdminPort(Order), 6080, Order, "order, profiles (`PROFILE=on`)"},
	{AdminPort(Inventory), 6081, Inventory, "inventory, profiles (`PROFILE=on`)"},
	{AdminPort(Pricing), 6082, Pricing, "pricing, profiles (`PROFILE=on`)"},
	{PrometheusPort, 9090, Prometheus, "Prometheus (`METRICS=on`, `--profile metrics`)"},
	{brokerPort, 9092, Broker, "Kafka broker for tests (`PIPELINE=kafka`)"},
	{brokerHealth, 9093, Broker, "Kafka broker for tests, health"},
	{portOf(Gateway(1), otlpPort), 4417, Gateway(1), "first gateway, OTLP over gRPC (`PIPELINE=gateways`)"},
	{portOf(Gateway(1), healthPort), 13141, Gateway(1), "first gateway, health"},
	{portOf(Gateway(1), ownMetricsPort), 8891, Gateway(1), "first gateway, its own metrics"},
	{portOf(Gateway(2), otlpPort), 4418, Gateway(2), "second gateway, OTLP over gRPC"},
	{portOf(Gateway(2), healthPort), 13142, Gateway(2), "second gateway, health"},
	{portOf(Gateway(2), ownMetricsPort), 8892, Gateway(2), "second gateway, its own metrics"},
	{portOf(Twin(1), otlpPort), 4419, Twin(1), "first gateway of the second set, OTLP over gRPC (`PIPELINE=gateways-twice`)"},
	{portOf(Twin(1), healthPort), 13143, Twin(1), "first gateway of the second set, health"},
	{portOf(Twin(1), ownMetricsPort), 8893, Twin(1), "first gateway of the second set, its own metrics"},
	{portOf(Twin(2), otlpPort), 4420, Twin(2), "second gateway of the second set, OTLP over gRPC"},
	{portOf(Twin(2), healthPort), 13144, Twin(2), "second gateway of the second set, health"},
	{portOf(Twin(2), ownMetricsPort), 8894, Twin(2), "second gateway of the second set, its own metrics"},
}

// The ports of a Collector. The first agent's are OTELCOL_GRPC_PORT and so on, as the Collector's configuration calls them.
const (
	otlpPort       = "GRPC_PORT"
	healthPort     = "HEALTH_PORT"
	ownMetricsPort = "OWN_METRICS_PORT"
)

var collectorPorts = []string{otlpPort, "HTTP_PORT", healthPort, ownMetricsPort, "METRICS_PORT"} // a suffix of another comes after it

// portOf returns the variable that sets a port of a Collector, such as GATEWAY_1_GRPC_PORT.
func portOf(program, what string) string {
	return strings.ToUpper(strings.ReplaceAll(program, "-", "_")) + "_" + what
}

// ownerOf returns the program that listens on a port.
func ownerOf(name string) string {
	if i := slices.IndexFunc(ports, func(p port) bool { return p.name == name }); i >= 0 {
		return ports[i].owner
	}
	for _, what := range collectorPorts { // of a Collector that a run has added
		if program, ok := strings.CutSuffix(name, "_"+what); ok {
			return strings.ToLower(strings.ReplaceAll(program, "_", "-"))
		}
	}
	return ""
}

// UsualPort returns the number of a port unless its variable is set.
func UsualPort(name string) int {
	return ports[slices.IndexFunc(ports, func(p port) bool { return p.name == name })].usual
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
		url, _ := moved(getenv, name) // CheckAddresses returns the error
		return url
	}
}

// CheckAddresses returns an error about a variable, such as PORT_OFFSET, that [Addresses] does not understand: a command that ignored
// it would use the lab at the usual ports, which is another one.
func CheckAddresses(getenv func(string) string) error {
	for _, name := range slices.Sorted(maps.Keys(addresses)) {
		if getenv(name) != "" {
			continue
		}
		if _, err := moved(getenv, name); err != nil {
			return err
		}
	}
	return nil
}

// moved returns the address that the variables of the ports give the variable of an address, "" if it is the usual one.
func moved(getenv func(string) string, name string) (url string, err error) {
	n, err := offset(getenv)
	if err != nil {
		return "", err
	}
	p := ports[slices.IndexFunc(ports, func(p port) bool { return p.name == addresses[name] })]
	number, err := p.number(getenv, n)
	if err != nil || number == p.usual {
		return "", err
	}
	return "http://localhost:" + strconv.Itoa(number), nil
}
