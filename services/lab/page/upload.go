package page

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"

	"spanwise/internal/problem"
	"spanwise/lab/page/explore"
)

// upload diagnoses the file in a form, and leads to its trace, or to the list if there are several.
func (s *server) upload(r *http.Request) (view, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, explore.MaxUpload)
	form, err := r.MultipartReader() // the file is read as it comes, and never stored
	if err != nil {
		return view{}, problem.Invalid("want a file in a form: %v", err)
	}
	part, err := form.NextPart()
	if errors.Is(err, io.EOF) || err == nil && part.FileName() == "" {
		return view{}, problem.Invalid("no file was chosen")
	}
	if err != nil {
		return view{}, problem.Invalid("read the form: %v", err)
	}
	if err := s.reading.Acquire(r.Context(), 1); err != nil {
		return view{}, context.Cause(r.Context())
	}
	defer s.reading.Release(1)
	f, err := s.explorer.Add(part.FileName(), part)
	debug.FreeOSMemory() // reading takes several times the size of the file
	if err != nil {
		return view{}, err
	}
	if len(f.Traces) == 1 {
		return view{to: f.Traces[0].Path}, nil
	}
	return view{to: "/uploads/" + f.Key}, nil
}

// uploaded lists the traces of a file.
func (s *server) uploaded(r *http.Request) (view, error) {
	f, err := s.explorer.File(r.PathValue("key"))
	return view{template: "upload", data: f}, err
}

// uploadedTrace shows a trace of a file.
func (s *server) uploadedTrace(r *http.Request) (view, error) {
	f, err := s.explorer.File(r.PathValue("key"))
	if err != nil {
		return view{}, err
	}
	n, _ := strconv.Atoi(r.PathValue("n"))
	v, err := f.Trace(n)
	if err != nil {
		return view{}, err
	}
	t := traceView{View: v, Data: v.Path + "/data", Doctor: ".bin/doctor " + f.Quoted(), File: f}
	return t.view()
}
