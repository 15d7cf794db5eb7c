package build

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// write makes files in a folder.
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

// settings returns an environment of pairs.
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

// hello is a third-party program of one file.
func hello(t *testing.T) (root string, it tool) {
	t.Helper()
	root = t.TempDir()
	write(t, root, map[string]string{
		"tools/hello/go.mod":  "module hello\n\ngo 1.26\n",
		"tools/hello/main.go": "package main\n\nfunc main() { println(\"hello\") }\n",
	})
	return root, tool{"hello", "tools/hello", ".", "HELLO_BIN"}
}

// provide returns the program's file and what a person was told.
func provide(t *testing.T, it tool, root string, getenv func(string) string) (file, told string, err error) {
	t.Helper()
	var out bytes.Buffer
	file, err = it.provide(t.Context(), root, filepath.Join(root, "bin"), getenv, &Progress{Out: &out})
	return file, out.String(), err
}

// TestProvide requires a third-party program to be built once, and again only when its module changes.
func TestProvide(t *testing.T) {
	root, it := hello(t)
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
		{"lost", func() { os.Remove(filepath.Join(root, "bin", "hello"+exe)) }, true},
		{"from we do not know what", func() { os.Remove(filepath.Join(root, "bin", "hello"+exe+".from")) }, true},
	} {
		step.before()
		file, told, err := provide(t, it, root, settings())
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got := strings.Contains(told, "building hello from source: this happens once"); got != step.builds {
			t.Errorf("%s: it was built: %v, want %v; told\n%s", step.name, got, step.builds, told)
		}
		if said, err := exec.Command(file).CombinedOutput(); err != nil || string(said) != "hello\n" {
			t.Errorf("%s: the program says %q, %v", step.name, said, err)
		}
	}
}

// TestProvideGiven requires a released program to be used as it is, and one that is not there to be named.
func TestProvideGiven(t *testing.T) {
	root, it := hello(t)
	given, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	if file, told, err := provide(t, it, root, settings("HELLO_BIN="+given)); err != nil || file != given || told != "" {
		t.Errorf("got %s, %q, %v; want %s without a word", file, told, err, given)
	}
	_, _, err = provide(t, it, root, settings("HELLO_BIN=/no/such/file"))
	if want := "HELLO_BIN=/no/such/file is no program that can be run"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// TestCache requires a program in SPANWISE_CACHE to serve a fresh tree with the same module, and no other.
func TestCache(t *testing.T) {
	getenv := settings("SPANWISE_CACHE=" + t.TempDir())
	for i, want := range []string{"building hello", ""} {
		root, it := hello(t)
		_, told, err := provide(t, it, root, getenv)
		if err != nil {
			t.Fatal(err)
		}
		if (want == "") != (told == "") || !strings.Contains(told, want) {
			t.Errorf("tree %d: told %q, want %q in it", i, told, want)
		}
	}
	root, it := hello(t)
	write(t, root, map[string]string{"tools/hello/main.go": "package main\n\nfunc main() {}\n"})
	if _, told, err := provide(t, it, root, getenv); err != nil || !strings.Contains(told, "building hello") {
		t.Errorf("another module: told %q, %v; want it to be built", told, err)
	}
}

// TestBuildFails requires a build that fails to leave nothing behind, and to say why and what else there is.
func TestBuildFails(t *testing.T) {
	root, it := hello(t)
	write(t, root, map[string]string{"tools/hello/main.go": "package main\n\nfunc main() { nonsense() }\n"})
	_, _, err := provide(t, it, root, settings())
	for _, want := range []string{"build hello: go build says", "undefined: nonsense", "or name a released program with HELLO_BIN=FILE"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(root, "bin", "*")); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
}

// TestInterrupted requires an interrupted build to be called that.
func TestInterrupted(t *testing.T) {
	root, it := hello(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := it.provide(ctx, root, filepath.Join(root, "bin"), settings(), &Progress{Out: &bytes.Buffer{}})
	if want := "interrupted while building hello"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// TestAdvice requires what the go command says to become what a person can do.
func TestAdvice(t *testing.T) {
	for _, test := range []struct{ output, want string }{
		{"go: downloading x v1\ngo: x@v1: Get \"https://proxy.golang.org/x\": dial tcp: lookup proxy.golang.org: no such host\n",
			"connect to the internet, or set GOPROXY"},
		{"go: x@v1: module lookup disabled by GOPROXY=off\n", "set GOPROXY to a module proxy"},
		{"compile: writing output: write $WORK/b001/_pkg_.a: no space left on device\n", "the disk is full"},
		{"a\nb\nmain.go:3: undefined: x\n", "go build says\n  a\n  b\n  main.go:3: undefined: x"},
	} {
		if got := advice(test.output); !strings.Contains(got, test.want) {
			t.Errorf("%q: got %q, want %q in it", test.output, got, test.want)
		}
	}
}

// TestRoot requires the source tree to be found from any folder in it, and nowhere else.
func TestRoot(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{"go.work": "", "otel-collector-config.yaml": "", "services/lab/page.go": ""})
	for _, dir := range []string{root, filepath.Join(root, "services", "lab")} {
		if got, err := Root(dir); err != nil || got != root {
			t.Errorf("from %s: got %s, %v, want %s", dir, got, err, root)
		}
	}
	if got, err := Root(t.TempDir()); err == nil || !strings.Contains(err.Error(), "go.work") {
		t.Errorf("elsewhere: got %s, %v, want an error", got, err)
	}
}
