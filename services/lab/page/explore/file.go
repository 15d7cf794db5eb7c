package explore

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"

	"spanwise/doctor"
	"spanwise/doctor/read"
	"spanwise/doctor/report"
	"spanwise/internal/problem"
)

// Limits of files.
const (
	MaxUpload   = 64 << 20  // bytes, as they are sent
	maxUnpacked = 128 << 20 // bytes after decompression, see mostUnpacked
	maxTraces   = 200       // of a file that are kept
)

// mostUnpacked is how many bytes a file may have after decompression. A file of short spans takes four to five times as much memory
// while it is read, so the limit follows from GOMEMLIMIT, which says how much there is in a container.
func mostUnpacked() int64 { return min(maxUnpacked, debug.SetMemoryLimit(-1)/6) }

// A File is what was dropped on the page.
type File struct {
	Key    string // in addresses
	Name   string
	Traces []*View
	Left   int // traces that are not kept
}

// Quoted is the name as a shell reads it.
func (f *File) Quoted() string {
	if strings.Trim(strings.ToLower(f.Name), "abcdefghijklmnopqrstuvwxyz0123456789._-") == "" {
		return f.Name
	}
	return "'" + strings.ReplaceAll(f.Name, "'", `'\''`) + "'"
}

func (f *File) size() (n int) {
	for _, v := range f.Traces {
		n += v.size()
	}
	return n
}

// Add diagnoses the traces in a file, in any format that the doctor reads, and keeps them. The name is for people.
func (e *Explorer) Add(name string, in io.Reader) (*File, error) {
	name = label(name, "the file")
	traces, err := read.Within(in, mostUnpacked())
	if err != nil {
		return nil, refused(name, err)
	}
	reports := doctor.DiagnoseAll(traces)
	f := &File{Key: strings.ToLower(rand.Text()[:10]), Name: name, Left: max(0, len(traces)-maxTraces)}
	for i, t := range traces[:len(traces)-f.Left] {
		v, err := newView(report.Case{Trace: t, Report: reports[i]}, nil, e.hue)
		if err != nil {
			return nil, fmt.Errorf("%s: prepare trace %s: %w", name, t.ID, err)
		}
		v.Path = fmt.Sprintf("/uploads/%s/%d", f.Key, i+1)
		f.Traces = append(f.Traces, v)
	}
	e.files.put(f.Key, f, f.size())
	return f, nil
}

// refused says why a file cannot be read.
func refused(name string, err error) error {
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return problem.New(http.StatusRequestEntityTooLarge, "%s is larger than %d MiB (try: the doctor on the command line, which reads up to 1 GiB)",
			name, tooLong.Limit>>20)
	}
	if errors.Is(err, read.ErrEmpty) {
		return problem.Invalid("%s has no spans in it", name)
	}
	return problem.Invalid("%s: %v", name, err)
}

// File returns a file that was added.
func (e *Explorer) File(key string) (*File, error) {
	if f, ok := e.files.get(key); ok {
		return f, nil
	}
	return nil, problem.NotFound("this file is no longer here: files are kept in memory, until the lab restarts or newer ones need the space (%d MB). "+
		"Drop it again.", keptFiles>>20)
}

// Trace returns the n-th trace of a file, from 1.
func (f *File) Trace(n int) (*View, error) {
	if n < 1 || n > len(f.Traces) {
		return nil, problem.NotFound("%s has no trace number %d", f.Name, n)
	}
	return f.Traces[n-1], nil
}
