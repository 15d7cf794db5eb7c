// Package build provides the programs of a native run. It builds the lab's own programs from the source tree with `go build`,
// which is fast if nothing changed. It downloads the third-party programs, or builds them if they cannot be downloaded, and keeps
// them. Call [Root] to find the tree, [Begin] to get what is missing, and [Programs.File] to wait for a program.
package build

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// own are the packages of the lab's own programs.
var own = []string{
	"./services/lab/cmd/lab", "./services/inventory/cmd/inventory", "./services/pricing/cmd/pricing", "./services/order/cmd/order",
}

// Root returns the root of the source tree that contains dir.
func Root(dir string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		if isFile(filepath.Join(at, "go.work")) && isFile(filepath.Join(at, "otel-collector-config.yaml")) {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("%s is not in a source tree of Spanwise", dir)
		}
	}
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// Programs are the programs of a run, some of which may not be there yet. They are safe for concurrent use.
type Programs struct {
	files  map[string]*file
	cancel context.CancelFunc
	wait   func() error
}

// A file is that of one program.
type file struct {
	path  string
	err   error
	known chan struct{} // closed once path or err is set
}

// Begin begins to provide the programs in root/.bin, all at the same time: the lab's own and those third-party ones, by default
// the Collector and Jaeger. The first failure ends the others. Call [Programs.Stop] in the end. The environment may set JAEGER_BIN and OTELCOL_BIN, the programs to use instead;
// SPANWISE_CACHE, a folder for the third-party programs that other source trees use too; and SPANWISE_MIRROR, where to
// download them.
func Begin(ctx context.Context, root string, getenv func(string) string, progress *Progress, others ...string) (*Programs, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return nil, errors.New("the go command is not in PATH: install Go 1.26 or newer from https://go.dev/dl/")
	}
	bin := filepath.Join(root, ".bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder for programs: %w", err)
	}
	compiled := make(chan struct{})
	b := &builder{root: root, bin: bin, getenv: getenv, progress: progress, client: http.DefaultClient, turn: compiled}
	ctx, cancel := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	p := &Programs{files: make(map[string]*file), cancel: cancel, wait: group.Wait}
	for _, pkg := range own {
		p.files[filepath.Base(pkg)] = &file{path: filepath.Join(bin, filepath.Base(pkg)+exe), known: compiled}
	}
	if len(others) == 0 {
		others = []string{Collector, Jaeger}
	}
	for _, name := range others {
		t := toolOf(name)
		f := &file{known: make(chan struct{})}
		p.files[t.name] = f
		group.Go(func() error {
			defer close(f.known)
			f.path, f.err = b.provide(ctx, t)
			return f.err
		})
	}
	group.Go(func() error {
		defer close(compiled)
		err := b.buildOwn(ctx)
		for _, pkg := range own {
			p.files[filepath.Base(pkg)].err = err
		}
		return err
	})
	return p, nil
}

// File returns the file of a program as soon as it is there.
func (p *Programs) File(ctx context.Context, name string) (string, error) {
	f := p.files[name]
	select {
	case <-f.known:
		return f.path, f.err
	case <-ctx.Done():
		return "", fmt.Errorf("interrupted while waiting for %s", name)
	}
}

// There reports whether a program is there, without waiting.
func (p *Programs) There(name string) bool {
	select {
	case <-p.files[name].known:
		return p.files[name].err == nil
	default:
		return false
	}
}

// Wait waits until all programs are there.
func (p *Programs) Wait() error { return p.wait() }

// Stop ends what is still being downloaded or built. What is complete is kept.
func (p *Programs) Stop() {
	p.cancel()
	_ = p.wait() // File has returned the error
}

// OfTree builds the lab's own programs of another source tree into bin and returns them, with the third-party programs of p, which
// must be there.
func (p *Programs) OfTree(ctx context.Context, root, bin string) (*Programs, error) {
	b := &builder{root: root, bin: bin, progress: &Progress{Say: func(string) {}}}
	if err := b.buildOwn(ctx); err != nil {
		return nil, fmt.Errorf("build the programs of %s: %w", root, err)
	}
	theirs := &Programs{files: maps.Clone(p.files), cancel: func() {}, wait: func() error { return nil }}
	there := make(chan struct{})
	close(there)
	for _, pkg := range own {
		theirs.files[filepath.Base(pkg)] = &file{path: filepath.Join(bin, filepath.Base(pkg)+exe), known: there}
	}
	return theirs, nil
}

// tags are the build tags of the lab's programs. gRPC's debug pages would import html/template, which makes the linker keep
// every method of every package: 10 MB.
const tags = "grpcnotrace"

// buildOwn builds the lab's own programs. Except for the linker's flags, its flags are those of go run, so that both use the
// same cached packages.
func (b *builder) buildOwn(ctx context.Context) error {
	args := append([]string{"-v", "-buildvcs=false", "-tags=" + tags, "-ldflags=-s -w", "-o", b.bin + string(filepath.Separator)}, own...)
	s := b.progress.begin("the services and the lab", "built")
	err := goCommand(ctx, b.root, nil, append([]string{"build"}, args...), s)
	s.end(err)
	return err
}

var exe = map[bool]string{true: ".exe"}[runtime.GOOS == "windows"]
