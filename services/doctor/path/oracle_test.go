package path_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/path"
	"spanwise/doctor/read"
	"spanwise/doctor/trace"
)

// oracles returns the folder with traces of other projects whose truth is known. They are not part of this repository.
func oracles(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("SPANWISE_TRACES")
	if dir == "" {
		t.Skip("set SPANWISE_TRACES to the folder that CONTRIBUTING.md describes")
	}
	return dir
}

// cases returns the files of one tool. There must be n.
func cases(t *testing.T, tool string, n int) []string {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(oracles(t), tool, "*.json"))
	if len(files) != n {
		t.Errorf("%d cases of %s, want %d", len(files), tool, n)
	}
	return files
}

// load reads the one trace in a file, and decodes the file itself into truth.
func load(t *testing.T, file string, truth any) *trace.Trace {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, truth); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	traces, err := read.All(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(traces) != 1 {
		t.Fatalf("%s: %d traces, want 1", file, len(traces))
	}
	return traces[0]
}

// A disagreement is a case for which this package deliberately gives another answer.
type disagreement struct {
	why  string
	ours map[string]trace.Micros
}

// crispDisagreements are cases in which siblings overlap by at most 1 % of their parent. Both tools count them as sequential. CRISP counts
// each sibling in full and takes the overlap from the parent, so that its parts exceed the whole, or the parent's time is too short.
// Here the segments cover the root exactly: the earlier sibling ends where the later begins.
var crispDisagreements = map[string]disagreement{
	"10.json": {"overlaps of 1 of 1000 µs", map[string]trace.Micros{"[S1] O1": 402, "[S2] O2": 199, "[S3] O3": 99, "[S4] O4": 300}},
	"19.json": {"overlaps of 5 of 600 µs", overlapping},
	"20.json": {"overlaps of 5 of 600 µs", overlapping},
	"21.json": {"overlaps of 5 of 600 µs", overlapping},
}

var overlapping = map[string]trace.Micros{"[S1] O1": 10, "[S2] O2": 195, "[S3] O3": 95, "[S4] O4": 300}

// The critical path agrees with CRISP's own cases, except for the listed disagreements.
func TestCRISP(t *testing.T) {
	files := cases(t, "crisp", 33)
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			var truth struct{ Testing json.RawMessage }
			tr := load(t, file, &truth)
			got := map[string]trace.Micros{}
			for _, s := range path.Critical(tr, tr.Roots[0]) {
				got[fmt.Sprintf("[%s] %s", s.Span.Service, s.Span.Name)] += s.Duration()
			}
			want := exclusive(t, truth.Testing)
			if d, ok := crispDisagreements[name]; ok {
				if cmp.Equal(got, want) {
					t.Errorf("agrees, but is listed as a disagreement (%s)", d.why)
				}
				want = d.ours
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("critical path (-want +got):\n%s", diff)
			}
		})
	}
}

// exclusive reads exclusive times in the two formats that CRISP's cases use, without the zeros.
func exclusive(t *testing.T, raw json.RawMessage) map[string]trace.Micros {
	t.Helper()
	var list []map[string]trace.Micros
	var object struct{ OpTimeExclusive map[string]trace.Micros }
	if json.Unmarshal(raw, &list) == nil {
		object.OpTimeExclusive = list[0]
	} else if err := json.Unmarshal(raw, &object); err != nil {
		t.Fatal(err)
	}
	for k, v := range object.OpTimeExclusive {
		if v == 0 {
			delete(object.OpTimeExclusive, k)
		}
	}
	return object.OpTimeExclusive
}

// A section is a part of the critical path in Jaeger UI's cases.
type section struct {
	SpanID                   string
	SectionStart, SectionEnd trace.Micros
}

// uiDisagreements are this package's answers to the cases in which a child outlives its parent within one process. Jaeger UI cuts the
// child off at the parent's end and puts it on the path. But the parent returned before the child, so it cannot have waited for it.
var uiDisagreements = map[string]struct {
	why  string
	ours section
}{
	"criticalpath_test6.json": {"B and C outlive A, their parent", section{"span-A", 1, 30}},
	"criticalpath_test7.json": {"B outlives A, its parent", section{"span-A", 1, 30}},
}

// The critical path agrees with Jaeger UI's own cases, except for the listed disagreements.
func TestJaegerUI(t *testing.T) {
	files := cases(t, "jaeger-ui", 9)
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			var truth struct{ ExpectedCriticalPathSections []section }
			tr := load(t, file, &truth)
			want := map[section]bool{}
			for _, s := range truth.ExpectedCriticalPathSections {
				want[s] = true
			}
			got := map[section]bool{}
			for _, s := range path.Critical(tr, tr.Roots[0]) {
				got[section{s.Span.ID, s.Lo, s.Hi}] = true
			}
			if d, ok := uiDisagreements[name]; ok {
				if cmp.Equal(want, got) {
					t.Errorf("agrees, but is listed as a disagreement (%s)", d.why)
				}
				want = map[section]bool{d.ours: true}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("critical path (-want +got):\n%s", diff)
			}
		})
	}
}

// Without the failed spans, a request takes as long as CRISP's cases say.
func TestReplayAgainstCRISP(t *testing.T) {
	files := cases(t, "crisp", 33)
	tried := 0
	for _, file := range files {
		var truth struct{ Testing json.RawMessage }
		tr := load(t, file, &truth)
		var want struct{ TimeSavedOnCP *trace.Micros }
		if json.Unmarshal(truth.Testing, &want); want.TimeSavedOnCP == nil {
			continue
		}
		tried++
		var changes []path.Change
		for _, s := range tr.Spans {
			if erring(s) {
				changes = append(changes, path.Capped(s, 0))
			}
		}
		root := tr.Roots[0]
		if filepath.Base(file) == "21.json" {
			*want.TimeSavedOnCP = 390 // CRISP says 395: its parent ends 5 µs before the only child that is left
		}
		got := root.Duration - path.New(tr).Replay(root, changes...)
		if got != *want.TimeSavedOnCP {
			t.Errorf("%s: replay without the failed spans saves %d µs, want %d", filepath.Base(file), got, *want.TimeSavedOnCP)
		}
	}
	if tried < 20 {
		t.Errorf("only %d cases state the time saved, want at least 20", tried)
	}
}

// erring reports what CRISP counts as an error. Unlike the doctor, it counts every 4xx.
func erring(s *trace.Span) bool {
	for _, e := range s.Events {
		if _, there := e.Attrs.Lookup("error"); there || e.Name == "error" || e.Attrs.Get("error.object") != "" {
			return true
		}
	}
	status, grpc := s.Get(trace.HTTPStatus), s.Get(trace.RPCStatus)
	return s.Error || status >= "400" || grpc != "" && grpc != "OK"
}
