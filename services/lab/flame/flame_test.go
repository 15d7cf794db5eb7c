package flame

import (
	"bytes"
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/pprof/profile"
)

var update = flag.Bool("update", false, "write the pictures")

// stacks are samples of a service: the functions from the outermost to the innermost, and the CPU time in milliseconds.
const stacks = `
net/http.(*conn).serve;github.com/go-chi/chi/v5.(*Mux).ServeHTTP;spanwise/order.(*Service).Get;spanwise/internal/database.Query[...];modernc.org/sqlite.(*conn).step 40
net/http.(*conn).serve;github.com/go-chi/chi/v5.(*Mux).ServeHTTP;spanwise/order.(*Service).Get;encoding/json.Marshal;runtime.mallocgc;runtime.gcAssistAlloc 10
net/http.(*conn).serve;github.com/go-chi/chi/v5.(*Mux).ServeHTTP;spanwise/order.(*Service).Get 5
net/http.(*conn).serve;net/http.(*response).finishRequest;bufio.(*Writer).Flush;net.(*conn).Write;syscall.Syscall 20
go.opentelemetry.io/otel/sdk/trace.(*batchSpanProcessor).exportSpans;google.golang.org/grpc.(*ClientConn).Invoke;net.(*conn).Write;syscall.Syscall 15
runtime.gcBgMarkWorker;runtime.scanobject 8
runtime.mcall;runtime.findRunnable 2
`

// parse returns a CPU profile with those stacks.
func parse(t *testing.T, text string) *profile.Profile {
	t.Helper()
	p := &profile.Profile{DurationNanos: int64(time.Second)}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		stack, number, _ := strings.Cut(strings.TrimSpace(line), " ")
		ms, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		sample := &profile.Sample{Value: []int64{1, ms * int64(time.Millisecond)}}
		for name := range strings.SplitSeq(stack, ";") {
			location := &profile.Location{Line: []profile.Line{{Function: &profile.Function{Name: name}}}}
			sample.Location = append([]*profile.Location{location}, sample.Location...)
		}
		p.Sample = append(p.Sample, sample)
	}
	return p
}

// The picture of a profile is as in testdata: each function as wide as its share, above what it called.
func TestWriteSVG(t *testing.T) {
	var got bytes.Buffer
	if err := New(parse(t, stacks)).WriteSVG(&got, "order during <load>"); err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/order.svg"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("the picture differs (-update writes it):\n%s", diff)
	}
}

// The time of a function of the runtime or of the network belongs to the part that called it.
func TestParts(t *testing.T) {
	want := []Part{
		{"database", 40 * time.Millisecond}, {"HTTP", 20 * time.Millisecond}, {"telemetry", 15 * time.Millisecond}, {"JSON", 10 * time.Millisecond},
		{"garbage collector", 8 * time.Millisecond}, {"service", 5 * time.Millisecond}, {"runtime", 2 * time.Millisecond},
	}
	if diff := cmp.Diff(want, New(parse(t, stacks)).Parts()); diff != "" {
		t.Error(diff)
	}
}

// Functions that were inlined are frames of their own, and a profile without samples is a picture too.
func TestInlinedAndEmpty(t *testing.T) {
	p := parse(t, "main.main 1")
	p.Sample[0].Location[0].Line = []profile.Line{{Function: &profile.Function{Name: "main.inner"}}, {Function: &profile.Function{Name: "main.outer"}}}
	if diff := cmp.Diff([]string{"main.outer", "main.inner"}, functions(p.Sample[0])); diff != "" {
		t.Error(diff)
	}
	var out bytes.Buffer
	if err := New(&profile.Profile{}).WriteSVG(&out, "idle"); err != nil || !strings.HasSuffix(out.String(), "</svg>\n") {
		t.Errorf("got %v and %s", err, &out)
	}
}

// A short name has no path, keeps a version with the name before it, and shows type arguments as dots.
func TestShort(t *testing.T) {
	for name, want := range map[string]string{
		"net/http.(*conn).serve":                    "http.(*conn).serve",
		"github.com/go-chi/chi/v5.(*Mux).ServeHTTP": "chi/v5.(*Mux).ServeHTTP",
		"spanwise/internal/rest.Get[...]":           "rest.Get[…]",
		"a/b.(*T[go.shape.struct { x/y.Z }]).M":     "b.(*T[…]).M",
		"runtime.mcall":                             "runtime.mcall",
	} {
		if got := short(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
