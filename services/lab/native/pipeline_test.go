package native

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/internal/sampling"
)

// PIPELINE chooses the programs between the services and Jaeger, in an order in which each sends only to those before it.
func TestPipeline(t *testing.T) {
	for _, test := range []struct{ environ, programs, tools, sampling string }{
		{"", "otelcol", "jaeger otelcol", "all"},
		{"PIPELINE=direct", "otelcol", "jaeger otelcol", "all"},
		{"PIPELINE=direct SAMPLING=tail", "otelcol", "jaeger otelcol", "tail"},
		{"PIPELINE=gateways", "gateway-1 gateway-2 otelcol", "jaeger otelcol-scale", "tail"},
		{"PIPELINE=gateways-twice", "gateway-1 gateway-2 twin-1 twin-2 otelcol", "jaeger otelcol-scale", "tail"},
		{"PIPELINE=kafka", "broker gateway-1 gateway-2 otelcol", "jaeger otelcol-scale broker", "tail"},
		{"PIPELINE=kafka SAMPLING=all", "broker gateway-1 gateway-2 otelcol", "jaeger otelcol-scale broker", "all"},
		{"PIPELINE=kafka SAMPLING=head:10%", "broker gateway-1 gateway-2 otelcol", "jaeger otelcol-scale broker", "head:10%"},
		{"PIPELINE=kafka-twice", "broker gateway-1 gateway-2 twin-1 twin-2 otelcol", "jaeger otelcol-scale broker", "tail"},
	} {
		s, err := FromEnv("/src", strings.Fields(test.environ))
		if err != nil {
			t.Errorf("%s: %v", test.environ, err)
			continue
		}
		var names []string
		for _, p := range s.tiers() {
			names = append(names, p.Name)
		}
		if got := strings.Join(names, " "); got != test.programs {
			t.Errorf("%s: got %s, want %s", test.environ, got, test.programs)
		}
		if got := strings.Join(s.Tools(), " "); got != test.tools {
			t.Errorf("%s: got the tools %s, want %s", test.environ, got, test.tools)
		}
		if got := s.Sampling.String(); got != test.sampling {
			t.Errorf("%s: got SAMPLING=%s, want %s", test.environ, got, test.sampling)
		}
		if told := slices.Contains(s.service(Order).Env, "SAMPLING=tail"); told != s.Sampling.Tail {
			t.Errorf("%s: the services are told to leave sampling to the tail: %v", test.environ, told)
		}
	}
}

// A value that is not a pipeline, or that does not fit SAMPLING, is refused.
func TestPipelineRefused(t *testing.T) {
	for environ, want := range map[string]string{
		"PIPELINE=kafak":                          "PIPELINE=kafak: choose direct, gateways, gateways-twice, kafka or kafka-twice",
		"PIPELINE=gateways SAMPLING=all":          "PIPELINE=gateways samples in its gateways, so SAMPLING=all does not fit: leave SAMPLING out",
		"PIPELINE=kafka-twice SAMPLING=head:10%":  "so SAMPLING=head:10% does not fit",
		"PIPELINE=gateways GATEWAY_1_GRPC_PORT=x": "GATEWAY_1_GRPC_PORT=x is not a port",
	} {
		if _, err := FromEnv("/src", strings.Fields(environ)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", environ, err, want)
		}
	}
}

// scaleCollector returns the Collector for pipelines that make up has built; without one the test is skipped.
func scaleCollector(t *testing.T) string {
	t.Helper()
	for _, file := range []string{os.Getenv("OTELCOL_BIN"), filepath.Join(sourceTree(t), ".bin", scaleFile)} {
		out, err := exec.CommandContext(t.Context(), file, "components").Output()
		if err == nil && strings.Contains(string(out), "load_balancing") && strings.Contains(string(out), "kafka") {
			return file
		}
	}
	t.Skip("no Collector for pipelines: PIPELINE=gateways make up builds one, or set OTELCOL_BIN to a released otelcol-contrib")
	return ""
}

// The Collector accepts the files of every agent and gateway, and every way to find the gateways.
func TestPipelineConfigs(t *testing.T) {
	file := scaleCollector(t)
	validate := func(p Program, what string) {
		cmd := exec.CommandContext(t.Context(), file, append([]string{"validate"}, p.Args...)...)
		cmd.Env, cmd.Dir = p.Env, p.Dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s of %s: %v\n%s", p.Name, what, err, out)
		}
	}
	for _, settings := range []string{"PIPELINE=gateways", "PIPELINE=gateways-twice", "PIPELINE=kafka", "PIPELINE=kafka SAMPLING=all", "PIPELINE=kafka-twice"} {
		s, err := Scratch(sourceTree(t), t.TempDir(), os.Environ(), strings.Fields(settings)...)
		if err != nil {
			t.Fatal(err)
		}
		s.Metrics = true // adds the metrics of spans to the agent
		if err := s.listGateways(s.gateways()); err != nil {
			t.Fatal(err)
		}
		for _, p := range s.tiers() {
			if p.Name != Broker {
				validate(p, settings)
			}
		}
		if s.Pipeline == Gateways {
			for _, resolver := range []string{"dns", "k8s"} {
				p := s.agent(Collector)
				for i := range p.Args {
					p.Args[i] = strings.Replace(p.Args[i], "resolver-static", "resolver-"+resolver, 1)
				}
				validate(p, resolver)
			}
		}
	}
}

// An agent sends to the gateways that are in the list, also after it has changed, and each trace arrives whole.
func TestAddGateway(t *testing.T) {
	t.Run("static", func(t *testing.T) { addGateway(t, false) })
	t.Run("DNS", func(t *testing.T) {
		if err := CanResolve(); err != nil {
			t.Skip(err)
		}
		addGateway(t, true)
	})
}

func addGateway(t *testing.T, dns bool) {
	run, store := startGateways(t, dns)
	if _, err := run.AddGateway(t.Context()); err != nil {
		t.Fatal(err)
	}
	ids := send(t, run.OTLP(Agent(1)), 300, run.Sampling.Sampler())
	if err := run.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	for i := range 3 {
		if d := run.delivered[Gateway(i+1)]; d.Tail.Decided == 0 {
			t.Errorf("gateway %d decided on no traces", i+1)
		}
	}
	store.mu.Lock()
	defer store.mu.Unlock()
	for _, name := range []string{"failed", "slow"} {
		if got := store.spans[ids[name]]; got != 2 {
			t.Errorf("%s: got %d spans, want both", name, got)
		}
	}
	for id, n := range store.spans {
		if n != 2 {
			t.Errorf("trace %s: got %d spans, want 2", id, n)
		}
	}
}

// startGateways starts two gateways and an agent, with a store in Jaeger's place.
func startGateways(t *testing.T, dns bool) (*Run, *store) {
	t.Helper()
	file := scaleCollector(t)
	s, err := Scratch(sourceTree(t), t.TempDir(), os.Environ(), "PIPELINE=gateways", DecisionWait+"=1s")
	if err != nil {
		t.Fatal(err)
	}
	if s.Sampling != (sampling.Mode{Tail: true}) {
		t.Errorf("got SAMPLING=%s, want tail", s.Sampling)
	}
	s.Programs, s.DNS = one(file), dns
	for _, name := range s.gateways() {
		if err := s.assign(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.listGateways(s.gateways()); err != nil {
		t.Fatal(err)
	}
	store := listen(t, s.Addr(jaegerOTLP))
	run := &Run{Settings: s, console: NewConsole(t.Output(), false), exited: make(chan *Process, 8)}
	for _, p := range s.tiers() {
		p.Path = file
		if err := run.start(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(run.Kill)
	return run, store
}

// one is a program for every name.
type one string

func (o one) File(context.Context, string) (string, error) { return string(o), nil }
func (o one) There(string) bool                            { return true }

// Both sets of gateways are sent to with the same settings.
func TestTwiceSettings(t *testing.T) {
	settings := func(name, from, to string) (lines []string) {
		text, err := os.ReadFile(filepath.Join(sourceTree(t), "deploy/pipeline", name))
		if err != nil {
			t.Fatal(err)
		}
		_, rest, found := strings.Cut(string(text), from+":\n")
		rest, _, ends := strings.Cut(rest, "\n"+to+":\n")
		if !found || !ends {
			t.Fatalf("%s has no lines from %q to %q", name, from, to)
		}
		for line := range strings.Lines(rest) {
			line, _, _ = strings.Cut(line, "#")
			if line = strings.TrimRight(line, " \n"); line != "" {
				lines = append(lines, line)
			}
		}
		return lines
	}
	first := settings("agent-gateways.yaml", "load_balancing", "service")
	second := settings("agent-twice.yaml", "load_balancing/second", "    resolver")
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("agent-gateways.yaml and agent-twice.yaml differ (-first +second):\n%s", diff)
	}
}
