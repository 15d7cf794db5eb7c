package native_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"spanwise/doctor/trace"
	"spanwise/internal/journal"
	"spanwise/lab/build"
	"spanwise/lab/jaeger"
	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

const root = "../../.." // of the source tree

// threshold is the duration above which tail sampling keeps each trace: see deploy/otelcol-tail.yaml.
const threshold = 500 * time.Millisecond

// With every pipeline, the trace of an order that failed and of one that was slow are in Jaeger with every span that the services
// have started, and most of the others are not there.
func TestPipelineOfShop(t *testing.T) {
	for _, pipeline := range []native.Pipeline{native.Gateways, native.Kafka, native.KafkaTwice} {
		t.Run(string(pipeline), func(t *testing.T) {
			spans := filepath.Join(t.TempDir(), "journal")
			run := startShop(t, "PIPELINE="+string(pipeline), "OTELCOL_DECISION_WAIT=1s", journal.Name+"="+spans)
			traces := jaeger.New(run.URL(native.JaegerPort), http.DefaultTransport)
			shop := play.New(run.Shop())

			failed := request(t, shop, "/orders/50?fail=pricing:503")
			slow := request(t, shop, "/orders/50?latency=pricing:600ms")
			var fast []string
			for range 100 {
				fast = append(fast, request(t, shop, "/orders/3"))
			}
			for _, id := range []string{failed, slow} {
				awaitWhole(t, traces, spans, id)
			}
			if err := run.Stop(t.Context()); err != nil {
				t.Error(err)
			}
			d, known := run.Delivery()
			if !known || d.Waiting() > 0 || d.Tail.Undecided() > 0 {
				t.Errorf("after the stop: got %+v, known: %v, want nothing undecided or queued", d, known)
			}
			// A binomial share of 10 % of 100 is 10 with a standard deviation of 3.
			// Those that a busy machine made slow are kept too.
			if others := int(d.Tail.Kept) - 2 - slowOf(t, spans, fast); others > 40 || int(d.Tail.Decided) < len(fast)+2 {
				t.Errorf("kept %d of %d fast traces, and decided on %d, want about 10 of them and a decision on all", others, len(fast), d.Tail.Decided)
			}
		})
	}
}

// request makes a request and returns the id of its trace.
func request(t *testing.T, shop play.Client, path string) string {
	t.Helper()
	answer, err := shop.Do(t.Context(), scenario.Request{Method: http.MethodGet, Path: path})
	if answer.TraceID == "" {
		t.Fatalf("%s: no trace: %v", path, err)
	}
	return answer.TraceID
}

// awaitWhole waits until a trace is in Jaeger with as many spans as are in the journal.
func awaitWhole(t *testing.T, traces *jaeger.Reader, file, id string) {
	t.Helper()
	all, err := journal.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, s := range all {
		if s.TraceID == id {
			want++
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	got, err := traces.Await(ctx, id, func(t *trace.Trace) bool { return len(t.Spans) == want })
	if err != nil || want == 0 || len(got.Spans) != want {
		t.Errorf("trace %s: got %v, %v, want %d spans", id, got, err, want)
	}
}

// slowOf returns how many of the traces took so long by the journal that tail sampling keeps all of them.
func slowOf(t *testing.T, file string, ids []string) (slow int) {
	t.Helper()
	all, err := journal.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	first, last := map[string]time.Time{}, map[string]time.Time{}
	for _, s := range all {
		if at, seen := first[s.TraceID]; !seen || s.Started.Before(at) {
			first[s.TraceID] = s.Started
		}
		if s.Ended.After(last[s.TraceID]) {
			last[s.TraceID] = s.Ended
		}
	}
	for _, id := range ids {
		if last[id].Sub(first[id]) >= threshold {
			slow++
		}
	}
	return slow
}

// startShop starts a whole system of its own.
func startShop(t *testing.T, settings ...string) *native.Run {
	t.Helper()
	top, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	s, err := native.Scratch(top, t.TempDir(), os.Environ(), settings...)
	if err != nil {
		t.Fatal(err)
	}
	for _, program := range s.Tools() {
		if _, err := os.Stat(filepath.Join(top, ".bin", program)); err != nil {
			t.Skipf("needs .bin/%s, which PIPELINE=%s make up provides", program, s.Pipeline)
		}
	}
	files, err := build.Begin(t.Context(), top, os.Getenv, &build.Progress{Say: func(line string) { t.Log(line) }}, s.Tools()...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(files.Stop)
	s.Programs = files
	run, err := native.Start(t.Context(), s, native.NewConsole(t.Output(), false))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(run.Kill)
	return run
}
