package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"spanwise/lab/bench"
)

// A target that a part missed in an earlier run stays in the file, but is not a miss of this run.
func TestMissedBefore(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bench.json")
	before := bench.Results{{Part: "cost", Figures: bench.Figures{{Name: "throughput", Target: "≥ 0.80×", Met: new(false)}}}}
	if err := before.Write(file); err != nil {
		t.Fatal(err)
	}
	r := benchRun{env: env{stdout: io.Discard}, file: file}
	if err := r.check(); err != nil {
		t.Fatal(err)
	}
	if err := r.done(bench.Result{Part: "lines", Figures: bench.Figures{{Name: "time", Target: "≥ 10×", Met: new(true)}}}); err != nil {
		t.Fatal(err)
	}
	if len(r.measured) != 1 || len(r.measured.Missed()) != 0 || len(r.results) != 2 || len(r.results.Missed()) != 1 {
		t.Errorf("got %+v measured and %+v in the file", r.measured, r.results)
	}
}

// A run of one part leaves the tables of the others on the page, and the picture if it has no figures for one.
func TestPageOfOnePart(t *testing.T) {
	dir := t.TempDir()
	file, page, picture := filepath.Join(dir, "bench.json"), filepath.Join(dir, "page.md"), filepath.Join(dir, "page.svg")
	before := bench.Results{{Part: "memory", Figures: bench.Figures{{Name: "order", Value: 53, N: 1, Unit: "MB"}}}}
	if err := before.Write(file); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{page: "<!-- bench: x -->\nold\n<!-- end of bench -->\n", picture: "<svg/>"} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := benchRun{env: env{stdout: io.Discard}, file: file, page: page}
	if err := r.check(); err != nil {
		t.Fatal(err)
	}
	if err := r.done(bench.Result{Part: "cost", Figures: bench.Figures{{Name: "throughput", Value: 1000, N: 1}}}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{page: {"| order |", "| throughput |"}, picture: {"<svg/>"}} {
		text, err := os.ReadFile(name)
		for _, part := range want {
			if err != nil || !strings.Contains(string(text), part) {
				t.Errorf("%s: got %s, %v, want %q in it", filepath.Base(name), text, err, part)
			}
		}
	}
}

// A commit is dirty if what was measured is not what it says. Figures in docs are not measured.
func TestCommitOf(t *testing.T) {
	tree := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(tree, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	git := func(args ...string) {
		t.Helper()
		args = append([]string{"-C", tree, "-c", "user.name=x", "-c", "user.email=x@example.com"}, args...)
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	if got := commitOf(t.Context(), tree); got != "unknown" {
		t.Errorf("without a repository: got %s", got)
	}
	write("main.go", "a")
	write("docs/bench.json", "a")
	git("init", "-q")
	git("add", ".")
	git("commit", "-q", "-m", "a")
	clean := commitOf(t.Context(), tree)
	if len(clean) != 7 {
		t.Errorf("got %q, want 7 digits", clean)
	}
	write("docs/bench.json", "b")
	if got := commitOf(t.Context(), tree); got != clean {
		t.Errorf("with figures in docs: got %s, want %s", got, clean)
	}
	write("main.go", "b")
	if got := commitOf(t.Context(), filepath.Join(tree, "docs")); got != clean+"-dirty" {
		t.Errorf("with a change, asked in a folder: got %s, want %s-dirty", got, clean)
	}
}
