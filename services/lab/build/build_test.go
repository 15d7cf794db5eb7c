package build

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// write writes files to a folder.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// settings returns an environment with these variables.
func settings(pairs ...string) func(string) string {
	return func(name string) string {
		for _, p := range pairs {
			if k, v, _ := strings.Cut(p, "="); k == name {
				return v
			}
		}
		return ""
	}
}

// hello makes the module of a third-party program, which prints a greeting.
func hello(t *testing.T) (root string, it tool) {
	t.Helper()
	root = t.TempDir()
	write(t, root, map[string]string{
		"tools/hello/go.mod":  "module hello\n\ngo 1.26\n",
		"tools/hello/main.go": "package main\n\nfunc main() { println(\"hello\") }\n",
	})
	return root, tool{name: "hello", dir: "tools/hello", pkg: ".", release: "hello", setting: "HELLO_BIN", configs: []string{"hello.yaml"}, building: "a second."}
}

// newBuilder returns a builder that need not wait for its turn, and what it says.
func newBuilder(root string, getenv func(string) string) (*builder, *bytes.Buffer) {
	var said bytes.Buffer
	turn := make(chan struct{})
	close(turn)
	return &builder{root: root, bin: filepath.Join(root, "bin"), getenv: getenv, client: http.DefaultClient, turn: turn,
		progress: &Progress{Say: func(line string) { said.WriteString(line + "\n") }}}, &said
}

// provide returns the program's file and what was said.
func provide(t *testing.T, it tool, root string, getenv func(string) string) (file, said string, err error) {
	t.Helper()
	b, out := newBuilder(root, getenv)
	if err := os.MkdirAll(b.bin, 0o755); err != nil {
		t.Fatal(err)
	}
	file, err = b.provide(t.Context(), it)
	return file, out.String(), err
}

// A third-party program is built once, and again only if its module changes.
func TestProvide(t *testing.T) {
	root, it := hello(t)
	var file string
	for _, step := range []struct {
		name   string
		before func()
		builds bool
	}{
		{"missing", func() {}, true},
		{"there", func() {}, false},
		{"changed", func() { write(t, root, map[string]string{"tools/hello/go.mod": "module hello\n\ngo 1.26.0\n"}) }, true},
		{"still there", func() {}, false},
		{"a test was added", func() { write(t, root, map[string]string{"tools/hello/main_test.go": "package main\n"}) }, false},
		{"lost", func() { os.Remove(file) }, true},
		{"damaged", func() { write(t, filepath.Dir(file), map[string]string{filepath.Base(file): "#!/bin/false"}) }, true},
		{"without its checksum", func() { os.Remove(sumFile(file)) }, false},
		{"without its link", func() { os.Remove(filepath.Join(root, "bin", "hello"+exe)) }, false},
	} {
		step.before()
		var shown string
		var err error
		file, shown, err = provide(t, it, root, settings())
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got := strings.Contains(shown, "Building hello from source: a second."); got != step.builds {
			t.Errorf("%s: it was built: %v, want %v; shown\n%s", step.name, got, step.builds, shown)
		}
		if output, err := exec.Command(file).CombinedOutput(); err != nil || string(output) != "hello\n" {
			t.Errorf("%s: the program prints %q, %v", step.name, output, err)
		}
		if target, err := os.Readlink(filepath.Join(root, "bin", "hello"+exe)); runtime.GOOS != "windows" && target != file {
			t.Errorf("%s: bin/hello links to %q, %v, want %q", step.name, target, err, file)
		}
	}
}

// A program that a setting names is used as it is. The error about a missing one names the setting.
func TestProvideGiven(t *testing.T) {
	root, it := hello(t)
	given, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	if file, shown, err := provide(t, it, root, settings("HELLO_BIN="+given)); err != nil || file != given || shown != "" {
		t.Errorf("got %s, %q, %v; want %s and nothing shown", file, shown, err, given)
	}
	_, _, err = provide(t, it, root, settings("HELLO_BIN=/no/such/file"))
	if want := "HELLO_BIN=/no/such/file is not an executable"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// A Collector for pipelines is used only if it accepts their files. The go command stands for one that does not.
func TestProvideGivenForPipelines(t *testing.T) {
	given, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	root, _ := hello(t)
	if file, _, err := provide(t, toolOf(Collector), root, settings("OTELCOL_BIN="+given)); err != nil || file != given {
		t.Errorf("for one Collector: got %s, %v, want %s", file, err, given)
	}
	_, _, err = provide(t, toolOf(Scale), root, settings("OTELCOL_BIN="+given))
	if want := "lacks what a PIPELINE needs, load_balancing or kafka: use otelcol-contrib, or unset it"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("for a pipeline: got %v, want %q", err, want)
	}
}

// A program in SPANWISE_CACHE is used in another tree only if the module is the same.
func TestCache(t *testing.T) {
	getenv := settings("SPANWISE_CACHE=" + t.TempDir())
	for i, want := range []string{"Building hello", ""} {
		root, it := hello(t)
		_, shown, err := provide(t, it, root, getenv)
		if err != nil {
			t.Fatal(err)
		}
		if (want == "") != (shown == "") || !strings.Contains(shown, want) {
			t.Errorf("tree %d: shown %q, want %q in it", i, shown, want)
		}
	}
	root, it := hello(t)
	write(t, root, map[string]string{"tools/hello/main.go": "package main\n\nfunc main() {}\n"})
	if _, shown, err := provide(t, it, root, getenv); err != nil || !strings.Contains(shown, "Building hello") {
		t.Errorf("another module: shown %q, %v; want it to be built", shown, err)
	}
}

// A failed build leaves no files behind. Its error gives the reason and the alternative.
func TestBuildFails(t *testing.T) {
	root, it := hello(t)
	write(t, root, map[string]string{"tools/hello/main.go": "package main\n\nfunc main() { nonsense() }\n"})
	_, _, err := provide(t, it, root, settings())
	for _, want := range []string{"build hello: go build says", "undefined: nonsense", "or set HELLO_BIN to a released program"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(root, "bin", "*")); len(left) > 1 || filepath.Base(left[0]) != "hello.lock" {
		t.Errorf("got the files %v, want only the lock", left)
	}
}

// The error of an interrupted build says that it was interrupted.
func TestInterrupted(t *testing.T) {
	root, it := hello(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b, _ := newBuilder(root, settings())
	_, err := b.provide(ctx, it)
	if want := "interrupted while "; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// Errors of the go command become advice.
func TestAdvice(t *testing.T) {
	for _, test := range []struct{ output, want string }{
		{"go: downloading x v1\ngo: x@v1: Get \"https://proxy.golang.org/x\": dial tcp: lookup proxy.golang.org: no such host\n",
			"connect to the internet, or set GOPROXY"},
		{"go: x@v1: module lookup disabled by GOPROXY=off\n", "set GOPROXY to a reachable module proxy"},
		{"compile: writing output: write $WORK/b001/_pkg_.a: no space left on device\n", "the disk is full"},
		{"a\nb\nmain.go:3: undefined: x\n", "go build says\n  a\n  b\n  main.go:3: undefined: x"},
	} {
		if got := advice(test.output); !strings.Contains(got, test.want) {
			t.Errorf("%q: got %q, want %q in it", test.output, got, test.want)
		}
	}
}

// The source tree is found from any folder in it, and only from there.
func TestRoot(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{"go.work": "", "otel-collector-config.yaml": "", "services/lab/page.go": ""})
	for _, dir := range []string{root, filepath.Join(root, "services", "lab")} {
		if got, err := Root(dir); err != nil || got != root {
			t.Errorf("from %s: got %s, %v, want %s", dir, got, err, root)
		}
	}
	if got, err := Root(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is not in a source tree of Spanwise") {
		t.Errorf("elsewhere: got %s, %v, want an error", got, err)
	}
}
