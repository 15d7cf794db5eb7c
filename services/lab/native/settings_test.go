package native

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"spanwise/internal/sampling"
)

// The environment sets the ports and the data of a run.
func TestFromEnv(t *testing.T) {
	s, err := FromEnv("/src", []string{
		"ORDER_PORT=9080", "SPANWISE_DATA=/var/lab", "PRICING_DATABASE_URL=postgres://x/y", "HOME=/h", "OTEL_SERVICE_NAME=all"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.URL(OrderPort), "http://127.0.0.1:9080"; got != want {
		t.Errorf("order: got %s, want %s", got, want)
	}
	if got, want := s.Shown(JaegerPort), "http://localhost:16686"; got != want {
		t.Errorf("Jaeger: got %s, want %s", got, want)
	}
	programs := s.programs()
	find := func(name string) Program {
		return programs[slices.IndexFunc(programs, func(p Program) bool { return p.Name == name })]
	}
	for _, test := range []struct {
		program, variable string
	}{
		{Order, "ADDR=127.0.0.1:9080"}, {Order, "PRICING_URL=http://127.0.0.1:8082"}, {Order, "DATA_DIR=/var/lab"}, {Order, "DATABASE_URL="},
		{Pricing, "DATABASE_URL=postgres://x/y"}, {Inventory, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317"},
		{Collector, "JAEGER_OTLP_ENDPOINT=127.0.0.1:14317"}, {Collector, "OTELCOL_QUEUE_DIR=/var/lab/otelcol-queue"}, {Collector, "OTELCOL_METRICS_PORT=8889"},
		{Jaeger, "JAEGER_HOST=127.0.0.1"}, {Jaeger, "JAEGER_CONFIG_DIR=/src/deploy"}, {Jaeger, "JAEGER_HEALTH_PORT=13134"},
		{Lab, "ORDER_URL=http://localhost:9080"}, {Lab, "HOME=/h"},
	} {
		if !slices.Contains(find(test.program).Env, test.variable) {
			t.Errorf("%s: got no %s in\n%s", test.program, test.variable, strings.Join(find(test.program).Env, "\n"))
		}
		if slices.Contains(find(test.program).Env, "OTEL_SERVICE_NAME=all") {
			t.Errorf("%s: got the service name of all programs", test.program)
		}
	}
}

// A service that is published listens on all addresses; the programs of the run still ask it at the usual one.
func TestPublish(t *testing.T) {
	s, err := FromEnv("/src", []string{"ORDER_PORT=9080"})
	if err != nil {
		t.Fatal(err)
	}
	s.Publish(Order)
	if got, want := s.service(Order).Env, "ADDR=0.0.0.0:9080"; !slices.Contains(got, want) {
		t.Errorf("order: got no %s in\n%s", want, strings.Join(got, "\n"))
	}
	if got, want := s.service(Pricing).Env, "ADDR=127.0.0.1:8082"; !slices.Contains(got, want) {
		t.Errorf("pricing: got no %s in\n%s", want, strings.Join(got, "\n"))
	}
	if got, want := s.URL(OrderPort), "http://127.0.0.1:9080"; got != want {
		t.Errorf("order is asked at %s, want %s", got, want)
	}
}

// An offset moves every port and the data, except for what a variable sets. The lab's commands find a lab that was moved.
func TestPortOffset(t *testing.T) {
	environ := []string{"PORT_OFFSET=1000", "PRICING_PORT=7000"}
	s, err := FromEnv("/src", environ)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range s.usedPorts() {
		want := p.usual + 1000
		if p.name == PricingPort {
			want = 7000
		}
		if s.ports[p.name] != want {
			t.Errorf("%s: got %d, want %d", p.name, s.ports[p.name], want)
		}
	}
	if want := "/src/.data/offset-1000"; filepath.ToSlash(s.Data) != want {
		t.Errorf("got the data in %s, want %s", s.Data, want)
	}
	getenv := Addresses(func(name string) string { return lookup(append(environ, "INVENTORY_URL=http://x"), name) })
	for name, want := range map[string]string{"ORDER_URL": "http://localhost:9080", "PRICING_URL": "http://localhost:7000",
		"INVENTORY_URL": "http://x", "JAEGER_URL": "http://localhost:17686", "PRICING_PORT": "7000", "HOME": ""} {
		if got := getenv(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := Addresses(func(string) string { return "" })("ORDER_URL"); got != "" {
		t.Errorf("nothing is moved: got %q", got)
	}
}

// A variable of a port that is not understood is an error, unless the address that depends on it is set.
func TestCheckAddresses(t *testing.T) {
	urls := []string{"ORDER_URL=http://x", "INVENTORY_URL=http://x", "PRICING_URL=http://x", "JAEGER_URL=http://x",
		"ORDER_ADMIN_URL=http://x", "INVENTORY_ADMIN_URL=http://x", "PRICING_ADMIN_URL=http://x"}
	for _, test := range []struct {
		environ []string
		want    string
	}{
		{nil, ""},
		{[]string{"PORT_OFFSET=1000"}, ""},
		{[]string{"PORT_OFFSET=99999"}, "PORT_OFFSET=99999 is not a number from 0 to 48849"},
		{[]string{"PORT_OFFSET=abc"}, "PORT_OFFSET=abc is not a number"},
		{[]string{"ORDER_PORT=tcp://10.0.0.1:8080"}, "ORDER_PORT=tcp://10.0.0.1:8080 is not a port"},
		{append(urls, "PORT_OFFSET=abc", "ORDER_PORT=tcp://10.0.0.1:8080"), ""},
	} {
		err := CheckAddresses(func(name string) string { return lookup(test.environ, name) })
		if got := fmt.Sprint(err); test.want == "" && err != nil || !strings.Contains(got, test.want) {
			t.Errorf("%q: got %v, want %q", test.environ, err, test.want)
		}
	}
}

// An invalid setting is refused with an error that names it and says what to do.
func TestFromEnvRefuses(t *testing.T) {
	for _, test := range []struct{ setting, want string }{
		{"ORDER_PORT=http", "ORDER_PORT=http is not a port from 1 to 65535"},
		{"LAB_PORT=0", "LAB_PORT=0 is not a port"},
		{"LAB_PORT=70000", "LAB_PORT=70000 is not a port"},
		{"PRICING_PORT=8080", "ORDER_PORT and PRICING_PORT are both 8080"},
		{"SAMPLING=10%", "SAMPLING=10%: want all, tail, or head"},
		{"PRICING_SAMPLING=10%", "PRICING_SAMPLING: SAMPLING=10%: want all, tail, or head"},
		{"ORDER_SAMPLING=tail", "ORDER_SAMPLING: the Collector samples at the tail, and not a service: set SAMPLING=tail"},
		{"SAMPLING=tail\nOTEL_TRACES_SAMPLER=always_on", "SAMPLING=tail and OTEL_TRACES_SAMPLER=always_on: unset one of them"},
		{"OTEL_TRACES_SAMPLER=tenpercent", "OTEL_TRACES_SAMPLER=tenpercent: want one of always_on"},
		{"OTELCOL_GRPC_PORT=", "OTELCOL_GRPC_PORT is set but empty: give it a value, or unset it"},
		{"JAEGER_MAX_TRACES=", "JAEGER_MAX_TRACES is set but empty"},
		{"PROFILE=yes", "PROFILE=yes: choose on or off"},
		{"PORT_OFFSET=x", "PORT_OFFSET=x is not a number from 0 to 48849"},
		{"PORT_OFFSET=-1", "PORT_OFFSET=-1 is not a number"},
		{"PORT_OFFSET=48850", "PORT_OFFSET=48850 is not a number"},
	} {
		if _, err := FromEnv("/src", strings.Split(test.setting, "\n")); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.setting, err, test.want)
		}
	}
}

// The services serve their profiles, each on a port of its own, only with PROFILE=on.
func TestProfile(t *testing.T) {
	for value, want := range map[string]string{"": "", "off": "", "on": "127.0.0.1:7081"} {
		s, err := FromEnv("/src", []string{"PROFILE=" + value, "ADMIN_ADDR=127.0.0.1:6060", "PORT_OFFSET=1000"})
		if err != nil {
			t.Fatal(err)
		}
		env := s.service(Inventory).Env
		slices.Reverse(env) // the last one counts
		if got := lookup(env, "ADMIN_ADDR"); got != want {
			t.Errorf("PROFILE=%s: got ADMIN_ADDR=%s, want %s", value, got, want)
		}
	}
}

// The Collector samples only with SAMPLING=tail.
func TestTailSampling(t *testing.T) {
	for value, want := range map[string]bool{"": false, "head:10%": false, "tail": true} {
		s, err := FromEnv("/src", []string{"SAMPLING=" + value})
		if err != nil {
			t.Fatal(err)
		}
		p := s.agent(Collector)
		file := slices.Contains(p.Args, "/src/deploy/otelcol-tail.yaml")
		if variable := slices.Contains(p.Env, "OTELCOL_PROCESSORS_tail=[memory_limiter, tail_sampling]"); file != want || variable != want {
			t.Errorf("%q: got the file %v and the variable %v, want %v", value, file, variable, want)
		}
	}
}

// A service has the sampling of all, unless it has its own.
func TestOwnSampling(t *testing.T) {
	s, err := FromEnv("/src", []string{"SAMPLING=tail", "ORDER_SAMPLING=head:50%"})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{Order: "head:50%", Pricing: "tail"} {
		env := s.service(name).Env
		slices.Reverse(env) // the last one counts
		if got := lookup(env, "SAMPLING"); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// The programs are listed, and so stop, in an order in which each sends only to those before it.
func TestProgramOrder(t *testing.T) {
	s, err := FromEnv("/src", nil)
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, p := range s.programs() {
		order = append(order, p.Name)
	}
	if !slices.Equal(order, All) {
		t.Errorf("got %v, want %v", order, All)
	}
	for _, pair := range [][2]string{{Jaeger, Collector}, {Collector, Inventory}, {Inventory, Pricing}, {Pricing, Order}} {
		if slices.Index(order, pair[0]) > slices.Index(order, pair[1]) {
			t.Errorf("%s comes after %s, which sends to it", pair[0], pair[1])
		}
	}
}

// With METRICS=on there is Prometheus, and the Collector and Jaeger have what it needs in their configuration.
func TestMetrics(t *testing.T) {
	for value, want := range map[string]bool{"": false, "off": false, "on": true} {
		s, err := FromEnv("/src", []string{"METRICS=" + value, "PROMETHEUS_BIN=" + os.Args[0]})
		if err != nil {
			t.Fatal(err)
		}
		var names, overlays []string
		for _, p := range s.programs() {
			names = append(names, p.Name)
			if i := slices.IndexFunc(p.Args, func(a string) bool { return strings.HasPrefix(a, "/src/deploy/metrics/") }); i >= 0 {
				overlays = append(overlays, p.Name)
			}
		}
		if slices.Contains(names, Prometheus) != want || slices.Equal(overlays, []string{Jaeger, Collector}) != want {
			t.Errorf("METRICS=%s: got the programs %v, and %v configured for metrics, want Prometheus %v", value, names, overlays, want)
		}
	}
	for setting, want := range map[string]string{"METRICS=yes": "choose on or off", "METRICS=on": "install it"} {
		if _, err := FromEnv("/src", []string{setting, "PROMETHEUS_BIN=/nowhere/prometheus"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", setting, err, want)
		}
	}
}

// A scratch run has free ports below those that the kernel assigns, and no variables that change what programs do.
func TestScratch(t *testing.T) {
	s, err := Scratch("/src", t.TempDir(), []string{"HOME=/h", "OTEL_TRACES_SAMPLER=always_off", "SAMPLING=tail", "JAEGER_STORAGE=badger", "CACHE_URL=redis://x", "PRICING_DATABASE_URL=postgres://x/y"}, "JAEGER_STORAGE=memory")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"HOME=/h", "PRICING_DATABASE_URL=postgres://x/y", "JAEGER_STORAGE=memory"}; !slices.Equal(s.environ, want) {
		t.Errorf("got %v, want %v", s.environ, want)
	}
	if s.Sampling != (sampling.Mode{}) {
		t.Errorf("got the sampling %s, want the environment's left alone", s.Sampling)
	}
	if got := s.DatabaseURL(Pricing); got != "" {
		t.Errorf("got pricing's database at %q, want the environment's left alone", got)
	}
	given, err := Scratch("/src", t.TempDir(), nil, "PRICING_DATABASE_URL=postgres://mine")
	if err != nil || given.DatabaseURL(Pricing) != "postgres://mine" || given.DatabaseURL(Order) != "" {
		t.Errorf("got %q and %q, %v, want the one given for pricing only", given.DatabaseURL(Pricing), given.DatabaseURL(Order), err)
	}
	seen := make(map[int]bool)
	for name, n := range s.ports {
		if n >= ephemeral || n < 1024 || seen[n] {
			t.Errorf("%s: got port %d, want a new one below %d", name, n, ephemeral)
		}
		seen[n] = true
	}
}

// The error about a port in use names its program and how to change it.
func TestCheckPorts(t *testing.T) {
	s, err := Scratch("/src", t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CheckPorts(); err != nil {
		t.Fatalf("free ports: got %v", err)
	}
	ln, err := net.Listen("tcp", s.Addr(PricingPort))
	if err != nil {
		t.Skip("another program took the port:", err)
	}
	defer ln.Close()
	err = s.CheckPorts()
	for _, want := range []string{"(pricing) is used by ", "another port with PRICING_PORT=", "\nPORT_OFFSET="} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}
