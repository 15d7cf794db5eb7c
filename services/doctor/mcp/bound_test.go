package mcp_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"spanwise/doctor/trace"
	"spanwise/doctor/trace/tracetest"
)

// However large or strange traces are, the answers about them stay
// within their bounds: the largest of the golden tests, and worse ones.
func TestBounds(t *testing.T) {
	s := shelf{
		"many operations": spans(5_000, func(i int) string { return fmt.Sprint("call ", i) }),
		"one loop":        spans(5_000, func(int) string { return "SELECT x" }),
		"long names":      spans(50, func(i int) string { return fmt.Sprint(i, strings.Repeat("näme ", 2_000)) }),
		"control characters": spans(50, func(i int) string {
			return strings.Repeat("\x00\x1b\u0085\u202e\xff", 1000)
		}),
	}
	for _, file := range largestGolden(t, 20) {
		s[filepath.Base(file)] = func() ([]*trace.Trace, error) { return golden(file) }
	}
	client := connect(t, s)
	largest := 0
	for name := range s {
		for _, all := range []bool{false, true} {
			text, _, failed := call(t, client, "diagnose_traces", map[string]any{"traces": []string{name}, "all": all})
			if failed {
				t.Errorf("%s: %s", name, text)
			}
			largest = max(largest, len(text))
		}
		if !strings.HasSuffix(name, ".txtar") {
			call(t, client, "compare_traces", map[string]any{"before": name, "after": "control characters"})
		}
	}
	if largest < 10_000 {
		t.Errorf("the longest answer has %d bytes, so none was too long at first", largest)
	}
}

// largestGolden lists the n largest files of golden tests.
func largestGolden(t *testing.T, n int) []string {
	files, err := filepath.Glob("../internal/rule/testdata/*.txtar")
	if err != nil || len(files) < n {
		t.Fatalf("%d golden tests found: %v", len(files), err)
	}
	size := func(name string) int64 {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	slices.SortFunc(files, func(a, b string) int { return cmp.Compare(size(b), size(a)) })
	return files[:n]
}

// spans is a trace of n spans with these names.
func spans(n int, name func(i int) string) func() ([]*trace.Trace, error) {
	return func() ([]*trace.Trace, error) {
		all := []*trace.Span{{ID: "0", Service: name(0), Name: name(0), Kind: trace.Server, Duration: 1_000_000}}
		for i := 1; i < n; i++ {
			start := trace.Micros(i * (1_000_000 / n))
			all = append(all, &trace.Span{ID: fmt.Sprint(i), ParentID: "0", Service: name(0), Name: name(i), Kind: trace.Client, Start: start, Duration: trace.Micros(1_000_000 / n)})
		}
		return []*trace.Trace{trace.New("1", all)}, nil
	}
}

// golden reads the trace of a golden test.
func golden(file string) ([]*trace.Trace, error) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		return nil, err
	}
	for _, f := range archive.Files {
		if f.Name == "trace" {
			return tracetest.Parse(string(f.Data))
		}
	}
	return nil, fmt.Errorf("%s has no trace", file)
}

// What is cut off an answer is said in it.
func TestCutIsSaid(t *testing.T) {
	client := connect(t, shelf{"long names": spans(50, func(i int) string { return fmt.Sprint(i, strings.Repeat("näme ", 2_000)) }), "two": library["two"]})
	_, data, _ := call(t, client, "diagnose_traces", map[string]any{"traces": []string{"two"}})
	if left, _ := data["left_out"].(map[string]any); left["worst.findings.span_ids"] != 7.0 {
		t.Errorf("left_out is %v, want the ids of 7 of 12 spans", data["left_out"])
	}
	text, _, _ := call(t, client, "diagnose_traces", map[string]any{"traces": []string{"long names"}})
	if !strings.Contains(text, " more spans") && !strings.Contains(text, "(cut off: ") {
		t.Errorf("the answer does not say that it is shortened:\n%s", text)
	}
}
