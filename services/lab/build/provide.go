package build

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// A builder provides the programs of one source tree.
type builder struct {
	root, bin string
	getenv    func(string) string
	progress  *Progress
	client    *http.Client    // for downloads
	turn      <-chan struct{} // closed when third-party programs may be compiled: after the lab's own, which people wait for
}

// provide returns the file of a third-party program: the one that the setting names, a released one or one built from its
// module that is in the cache, or a new one.
func (b *builder) provide(ctx context.Context, t tool) (string, error) {
	if given := b.getenv(t.setting); t.setting != "" && given != "" {
		return b.given(ctx, t, given)
	}
	file, err := b.cached(ctx, t)
	if err != nil {
		return "", err
	}
	link := filepath.Join(b.bin, t.name+exe) // a stable name for people and scripts; Windows may refuse it
	_ = os.Remove(link)
	_ = os.Symlink(file, link)
	return file, nil
}

// given returns the file of a program that a setting names. Of a Collector for a pipeline it makes sure that it can be one, because
// the one of a plain make up is more likely to be at hand.
func (b *builder) given(ctx context.Context, t tool, name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s=%s is not an executable: correct it, or unset it to get one", t.setting, name)
	}
	if path, err = filepath.Abs(path); err != nil || t.name != Scale {
		return path, err
	}
	if err := b.accepts(ctx, t, path); err != nil {
		return "", fmt.Errorf("%s=%s lacks what a PIPELINE needs, load_balancing or kafka: use otelcol-contrib, "+
			"or unset it to get one\n%w", t.setting, name, err)
	}
	return path, nil
}

// cached returns the file of a third-party program in the cache, and puts it there if it is missing.
func (b *builder) cached(ctx context.Context, t tool) (string, error) {
	cache, err := filepath.Abs(cmp.Or(b.getenv("SPANWISE_CACHE"), b.bin))
	if err != nil {
		return "", err
	}
	sum, err := fingerprint(filepath.Join(b.root, filepath.FromSlash(t.dir)))
	if err != nil {
		return "", fmt.Errorf("read the module of %s: %w", t.name, err)
	}
	built := filepath.Join(cache, sum, t.name+exe)
	r, err := b.release(t)
	if err != nil {
		return "", err
	}
	places := []string{built}
	if r != nil {
		places = []string{filepath.Join(cache, r.folder(), r.program+exe), built}
	}
	if file := b.find(t, places); file != "" {
		return file, nil
	}
	unlock, err := b.lock(ctx, t, cache)
	if err != nil {
		return "", err
	}
	defer unlock()
	if file := b.find(t, places); file != "" { // the other start has put it there
		return file, nil
	}
	if r != nil {
		err := b.download(ctx, t, *r, places[0])
		if err == nil || ctx.Err() != nil {
			return places[0], err
		}
		b.progress.say("%s cannot be downloaded: %v.", t.name, err)
	}
	return built, b.build(ctx, t, built)
}

// find returns the first of the files that is there and undamaged, or "".
func (b *builder) find(t tool, places []string) string {
	for _, file := range places {
		switch err := check(file); {
		case err == nil:
			return file
		case !errors.Is(err, fs.ErrNotExist):
			b.progress.say("%s in the cache is not usable and is replaced: %v", t.name, err)
			_ = os.Remove(file)
		}
	}
	return ""
}

// build builds a program from its module.
func (b *builder) build(ctx context.Context, t tool, file string) error {
	b.progress.say("Building %s from source: %s", t.name, t.building)
	return install(file, func(draft string) error {
		s := b.progress.begin(t.name, "built")
		err := b.compile(ctx, t, draft, s)
		s.end(err)
		if err != nil && ctx.Err() == nil && t.setting != "" {
			return fmt.Errorf("%w\n(or set %s to a released program)", err, t.setting)
		}
		return err
	})
}

// compile builds a program into a file. First it downloads the modules and counts the packages that are not yet compiled.
func (b *builder) compile(ctx context.Context, t tool, file string, s *step) error {
	dir, env := filepath.Join(b.root, filepath.FromSlash(t.dir)), []string{"GOWORK=off", "CGO_ENABLED=0"}
	flags := []string{"-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-tags=" + t.tags} // the same for both, or the count would be another
	list := append(append([]string{"list", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}"}, flags...), t.pkg)
	s.count(true)
	if err := goCommand(ctx, dir, env, list, s); err != nil {
		return err
	}
	s.count(false)
	select {
	case <-b.turn:
	case <-ctx.Done():
	}
	return goCommand(ctx, dir, env, append(append([]string{"build", "-v"}, flags...), "-o", file, t.pkg), s)
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
