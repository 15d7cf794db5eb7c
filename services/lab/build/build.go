// Package build builds the programs of a native run from the source tree. It always runs `go build` for the lab's own
// programs, which is fast if nothing changed. It builds the two third-party programs, which takes minutes, only if their
// modules changed. Call [Root] to find the tree and [All] to build what is missing.
package build

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// own are the packages of the lab's own programs.
var own = []string{
	"./services/lab/cmd/lab", "./services/inventory/cmd/inventory", "./services/pricing/cmd/pricing", "./services/order/cmd/order",
}

// A tool is a third-party program that the run needs.
type tool struct {
	name    string
	dir     string // its module
	pkg     string
	setting string // the environment variable that names a program to use instead
}

var tools = []tool{
	{"otelcol", "deploy/tools/collector", ".", "OTELCOL_BIN"},
	{"jaeger", "deploy/tools/jaeger", "github.com/jaegertracing/jaeger/cmd/jaeger", "JAEGER_BIN"},
}

// Root returns the root of the source tree that contains dir.
func Root(dir string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		if isFile(filepath.Join(at, "go.work")) && isFile(filepath.Join(at, "otel-collector-config.yaml")) {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("%s is not in Spanwise's source tree: change to the folder that contains its go.work", dir)
		}
	}
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// All builds every program that is missing or out of date into root/.bin and returns the file of each by name. JAEGER_BIN
// and OTELCOL_BIN name programs to use instead. SPANWISE_CACHE names a folder for the third-party programs that other
// source trees use too.
func All(ctx context.Context, root string, getenv func(string) string, progress *Progress) (map[string]string, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return nil, errors.New("the go command is not in PATH: install Go 1.26 or newer from https://go.dev/dl/")
	}
	bin := filepath.Join(root, ".bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder for programs: %w", err)
	}
	files, err := buildOwn(ctx, root, bin, progress)
	if err != nil {
		return nil, err
	}
	for _, t := range tools {
		if files[t.name], err = t.provide(ctx, root, bin, getenv, progress); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// tags are the build tags of the lab's programs. gRPC's debug pages would import html/template, which makes the linker keep
// every method of every package: 10 MB.
const tags = "grpcnotrace"

func buildOwn(ctx context.Context, root, bin string, progress *Progress) (map[string]string, error) {
	// Except for the linker's flags, these are those of go run, so that both use the same cached packages.
	args := append([]string{"build", "-buildvcs=false", "-tags=" + tags, "-ldflags=-s -w", "-o", bin + string(filepath.Separator)}, own...)
	if err := goCommand(ctx, root, nil, args, &step{to: progress, name: "the services and the lab"}); err != nil {
		return nil, err
	}
	files := make(map[string]string)
	for _, pkg := range own {
		files[filepath.Base(pkg)] = filepath.Join(bin, filepath.Base(pkg)+exe)
	}
	return files, nil
}

// provide returns the file of a third-party program: the one that the setting names, one that was built from the same
// module, or a new one.
func (t tool) provide(ctx context.Context, root, bin string, getenv func(string) string, progress *Progress) (string, error) {
	if given := getenv(t.setting); given != "" {
		path, err := exec.LookPath(given)
		if err != nil {
			return "", fmt.Errorf("%s=%s is not an executable: correct it, or unset it to build one", t.setting, given)
		}
		return filepath.Abs(path)
	}
	module := filepath.Join(root, filepath.FromSlash(t.dir))
	sum, err := fingerprint(module)
	if err != nil {
		return "", fmt.Errorf("read the module of %s: %w", t.name, err)
	}
	file, err := filepath.Abs(filepath.Join(cmp.Or(getenv("SPANWISE_CACHE"), bin), sum, t.name+exe))
	if err != nil {
		return "", err
	}
	if !isFile(file) {
		if err := t.build(ctx, module, file, progress); err != nil {
			return "", err
		}
	}
	link := filepath.Join(bin, t.name+exe) // a stable name for people and scripts; Windows may refuse it
	_ = os.Remove(link)
	_ = os.Symlink(file, link)
	return file, nil
}

// build builds the program in a temporary folder and then moves it to file, so that file is never incomplete.
func (t tool) build(ctx context.Context, module, file string, progress *Progress) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	draft, err := os.MkdirTemp(filepath.Dir(dir), t.name+"-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(draft)
	fresh := filepath.Join(draft, t.name+exe)
	err = goCommand(ctx, module, []string{"GOWORK=off", "CGO_ENABLED=0"},
		[]string{"build", "-v", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", fresh, t.pkg},
		&step{to: progress, name: t.name, once: true})
	if err != nil {
		return fmt.Errorf("%w\n(or set %s to a released program)", err, t.setting)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.Rename(fresh, file)
}

// fingerprint identifies the state of a module by its own files and the target platform. The versions in go.mod and the
// hashes in go.sum cover its dependencies.
func fingerprint(dir string) (string, error) {
	hash := sha256.New()
	fmt.Fprintln(hash, runtime.GOOS, runtime.GOARCH)
	found := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !source(entry.Name()) {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		fmt.Fprintf(hash, "%s %d\n%s", filepath.ToSlash(name), len(text), text)
		found++
		return err
	})
	if err == nil && found == 0 {
		err = errors.New(dir + " does not contain a Go module")
	}
	return hex.EncodeToString(hash.Sum(nil))[:16], err
}

func source(name string) bool {
	return name == "go.mod" || name == "go.sum" || strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
}

var exe = map[bool]string{true: ".exe"}[runtime.GOOS == "windows"]
