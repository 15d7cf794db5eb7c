package native

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sourceTree returns the root of the source tree.
func sourceTree(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// scratch returns the settings of a scratch run and its Collector, which make up has built; without one the test is skipped.
func scratch(t *testing.T, given ...string) (Settings, Program) {
	t.Helper()
	root := sourceTree(t)
	file := filepath.Join(root, ".bin", "otelcol")
	if out, err := exec.Command(file, "components").Output(); err != nil || !strings.Contains(string(out), "tail_sampling") {
		t.Skip("no Collector, or an old one: make up builds it")
	}
	s, err := Scratch(root, t.TempDir(), os.Environ(), given...)
	if err != nil {
		t.Fatal(err)
	}
	p := s.agent(Collector)
	p.Path = file
	return s, p
}

// The Collector accepts its configuration files, for every value of SAMPLING, and together with the metrics of spans.
func TestCollectorConfig(t *testing.T) {
	for _, value := range []string{"all", "head:10%", "tail"} {
		_, p := scratch(t, "SAMPLING="+value)
		p.Args = append(p.Args, "--config", "deploy/metrics/collector.yaml")
		cmd := exec.CommandContext(t.Context(), p.Path, append([]string{"validate"}, p.Args...)...)
		cmd.Env, cmd.Dir = p.Env, p.Dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("SAMPLING=%s: %v\n%s", value, err, out)
		}
	}
}

// docker-compose.yml passes both files and the feature gate, and turns SAMPLING=tail into the variable that one of them reads.
func TestComposeSampling(t *testing.T) {
	root := sourceTree(t)
	text, err := os.ReadFile(filepath.Join(root, "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	s := Settings{Root: root, ports: map[string]int{}}
	s.Sampling.Tail = true
	for _, arg := range s.agent(Collector).Args {
		if strings.HasPrefix(arg, "--feature-gates") && !strings.Contains(string(text), arg) {
			t.Errorf("docker-compose.yml has no %q", arg)
		}
	}
	for _, variable := range s.agent(Collector).Env {
		name, isTail := strings.CutSuffix(variable, "tail=[memory_limiter, tail_sampling]")
		if want := "- " + name + "${SAMPLING:-all}=[memory_limiter, tail_sampling]"; isTail && !strings.Contains(string(text), want) {
			t.Errorf("docker-compose.yml has no %q", want)
		}
	}
}

// Tail sampling keeps whole traces that failed or were slow and a share of the others, also those it is still holding when it stops. The
// thresholds in their trace states say which share.
func TestTailSamplingKeeps(t *testing.T) {
	s, p := scratch(t, "SAMPLING=tail")
	store := listen(t, s.Addr(jaegerOTLP))
	run := &Run{Settings: s, console: NewConsole(t.Output(), false), exited: make(chan *Process, 1)}
	if err := run.start(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	const many = 1000
	sent := send(t, s.Addr(collectorOTLP), many, s.Sampling.Sampler())
	if err := run.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	store.mu.Lock()
	defer store.mu.Unlock()
	for _, name := range []string{"failed", "slow"} {
		if got := store.spans[sent[name]]; got != 2 {
			t.Errorf("%s: got %d spans, want both", name, got)
		}
	}
	rest := len(store.spans) - 2
	// A binomial share of 10 % of 1000 is 100 with a standard deviation of 9.5, and stands for ten times as many.
	if rest < 50 || rest > 150 {
		t.Errorf("got %d of %d others, want about 100", rest, many)
	}
	if got, want := store.standFor/2, float64(2+10*rest); math.Abs(got-want) > 1 {
		t.Errorf("the thresholds say that there were %.0f traces, want %.0f", got, want)
	}
	for id, n := range store.spans {
		if n != 2 {
			t.Errorf("trace %s: got %d spans, want 2", id, n)
		}
	}
}
