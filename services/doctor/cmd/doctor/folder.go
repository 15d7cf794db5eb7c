package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"spanwise/doctor/read"
	"spanwise/doctor/trace"
)

// A toolSource is the source of doctor mcp: one server, and the files in one folder. An agent may ask for anything, so it gets nothing else.
type toolSource struct {
	*options
	files  *folder
	stderr io.Writer
}

func (s *toolSource) source(notes io.Writer) source {
	return source{backend: announced{s.backend(), s.stderr}, wait: s.wait, stderr: s.stderr, notes: notes}
}

// Load reads the traces in a file or, if there is no such file, from the server. Of an address only the id is used, so that an agent cannot
// make this program send requests to other hosts.
func (s *toolSource) Load(ctx context.Context, name string, notes io.Writer) ([]*trace.Trace, error) {
	if !isAddress.MatchString(name) {
		traces, err := s.files.load(name)
		if !errors.Is(err, fs.ErrNotExist) {
			return traces, err
		}
	}
	target, err := parseArgument(name, time.Now())
	switch {
	case err != nil && s.files.root != nil:
		return nil, fmt.Errorf("%w; this server reads files below %s", err, s.files.path)
	case err != nil:
		return nil, fmt.Errorf("%w; this server reads no files", err)
	}
	traces, err := s.source(notes).fetch(ctx, name)
	if err == nil {
		return traces, nil
	}
	if named := s.connect(target.product, target.base).String(); target.base != "" && named != s.backend().String() {
		return nil, fmt.Errorf("%w; the address is one of %s, but this server reads only from %s", err, named, s.backend())
	}
	if errors.Is(err, read.ErrUnknown) {
		return nil, fmt.Errorf("%w; find_worst_traces has the ids of a service's traces", err)
	}
	return nil, err
}

func (s *toolSource) Find(ctx context.Context, service string, last time.Duration, notes io.Writer) ([]*trace.Trace, error) {
	now := time.Now()
	return s.source(notes).find(ctx, service, now.Add(-last), now)
}

func (s *toolSource) Services(ctx context.Context) ([]string, error) {
	return s.backend().Services(ctx)
}

// A folder opens the files in it and below. It follows no symbolic link that leads out of it.
type folder struct {
	root *os.Root // nil if no file may be read
	path string   // absolute
}

func openFolder(dir string) (*folder, error) {
	if dir == "" {
		return &folder{}, nil
	}
	path, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(path)
	return &folder{root, path}, err
}

func (f *folder) Close() error {
	if f.root == nil {
		return nil
	}
	return f.root.Close()
}

// load reads the traces in a file. A relative name is one in the folder, and so is an absolute one of something below it.
func (f *folder) load(name string) ([]*trace.Trace, error) {
	if f.root == nil {
		return nil, fs.ErrNotExist
	}
	inside, err := f.inside(name)
	if err != nil {
		return nil, err
	}
	info, err := f.root.Stat(inside)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w (this server reads only files below %s)", name, withoutPath(err), f.path)
	case !info.Mode().IsRegular() && !info.IsDir(): // a named pipe would never end
		return nil, fmt.Errorf("%s is not a regular file", name)
	}
	file, err := f.root.Open(inside)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", name, withoutPath(err))
	}
	return readFile(file, name)
}

// inside is a name relative to the folder.
func (f *folder) inside(name string) (string, error) {
	outside := fmt.Errorf("%s is outside of %s, and this server reads only files below it", name, f.path)
	if filepath.IsAbs(name) {
		for _, base := range []string{f.path, resolved(f.path)} {
			if rel, err := filepath.Rel(base, name); err == nil && filepath.IsLocal(rel) {
				return rel, nil
			}
		}
		return "", outside
	}
	if !filepath.IsLocal(name) {
		return "", outside
	}
	return name, nil
}

// resolved is a path without symbolic links, or the path itself if that cannot be found out.
func resolved(path string) string {
	if p, err := filepath.EvalSymlinks(path); err == nil {
		return p
	}
	return path
}

// withoutPath is what went wrong, without the path that the caller names anyway.
func withoutPath(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}
