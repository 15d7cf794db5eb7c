package native

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
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
	p := s.collector()
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

// docker-compose.yml passes both files, and turns SAMPLING=tail into the variable that one of them reads.
func TestComposeSampling(t *testing.T) {
	root := sourceTree(t)
	text, err := os.ReadFile(filepath.Join(root, "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	s := Settings{Root: root, ports: map[string]int{}}
	s.Sampling.Tail = true
	for _, variable := range s.collector().Env {
		name, isTail := strings.CutSuffix(variable, "tail=[memory_limiter, tail_sampling]")
		if want := "- " + name + "${SAMPLING:-all}=[memory_limiter, tail_sampling]"; isTail && !strings.Contains(string(text), want) {
			t.Errorf("docker-compose.yml has no %q", want)
		}
	}
}

// Tail sampling keeps whole traces that failed or were slow and a share of the others, also those it is still holding when it stops.
func TestTailSamplingKeeps(t *testing.T) {
	s, p := scratch(t, "SAMPLING=tail")
	store := listen(t, s.Addr(jaegerOTLP))
	run := &Run{Settings: s, console: NewConsole(t.Output(), false), exited: make(chan *Process, 1)}
	if err := run.start(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	const many = 300
	sent := send(t, s.Addr(collectorOTLP), many)
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
	// A binomial share of 10 % of 300 is 30 with a standard deviation of 5.2.
	if rest < 5 || rest > 60 {
		t.Errorf("got %d of %d others, want about 30", rest, many)
	}
	for id, n := range store.spans {
		if n != 2 {
			t.Errorf("trace %s: got %d spans, want 2", id, n)
		}
	}
}

// send sends traces of two spans each: a failed one, a slow one and many others. It returns the ids of the first two by name.
func send(t *testing.T, address string, many int) map[string]trace.TraceID {
	t.Helper()
	exporter, err := otlptracegrpc.New(t.Context(), otlptracegrpc.WithEndpoint(address), otlptracegrpc.WithInsecure())
	if err != nil {
		t.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	ids := map[string]trace.TraceID{}
	begin := time.Now()
	for _, name := range append([]string{"failed", "slow"}, slices.Repeat([]string{"other"}, many)...) {
		length := 10 * time.Millisecond
		if name == "slow" {
			length = 600 * time.Millisecond
		}
		ctx, root := provider.Tracer("").Start(t.Context(), name, trace.WithTimestamp(begin))
		_, child := provider.Tracer("").Start(ctx, "child", trace.WithTimestamp(begin))
		if name == "failed" {
			child.SetStatus(codes.Error, "")
		}
		child.End(trace.WithTimestamp(begin.Add(length)))
		root.End(trace.WithTimestamp(begin.Add(length)))
		ids[name] = root.SpanContext().TraceID()
	}
	if err := provider.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	return ids
}

// A store counts the spans of each trace that it gets over OTLP.
type store struct {
	collector.UnimplementedTraceServiceServer
	mu    sync.Mutex
	spans map[trace.TraceID]int
}

func listen(t *testing.T, address string) *store {
	t.Helper()
	ln, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s := &store{spans: map[trace.TraceID]int{}}
	server := grpc.NewServer()
	collector.RegisterTraceServiceServer(server, s)
	go server.Serve(ln)
	t.Cleanup(server.Stop)
	return s
}

func (s *store) Export(_ context.Context, r *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, resource := range r.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, span := range scope.Spans {
				s.spans[trace.TraceID(span.TraceId)]++
			}
		}
	}
	return &collector.ExportTraceServiceResponse{}, nil
}
