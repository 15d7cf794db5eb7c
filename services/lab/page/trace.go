package page

import (
	"fmt"
	"html/template"
	"io"
	"net/http"
	"strconv"
	"strings"

	"spanwise/doctor/read"
	"spanwise/internal/problem"
	"spanwise/lab/page/explore"
)

// traceView is the data of a trace's page.
type traceView struct {
	*explore.View
	Data     string // the address of the trace as JSON for the viewer
	Download string // the address of the trace as a file; "" if it came from one
	Section  template.HTML
	Jaeger   string        // the address of Jaeger's page; "" if it has none
	Doctor   string        // the command that prints the same diagnosis
	File     *explore.File // where it came from, if not from Jaeger
}

// trace shows a trace of Jaeger.
func (s *server) trace(r *http.Request) (view, error) {
	id := strings.ToLower(r.PathValue("id"))
	if !read.IsTraceID(id) {
		return view{}, problem.NotFound("%q is not a trace id, which is up to 32 hex digits", id)
	}
	v, err := s.explorer.Open(r.Context(), id)
	if err != nil {
		return view{}, err
	}
	t := traceView{View: v, Data: "/traces/" + id + "/data", Download: "/traces/" + id + "/download",
		Doctor: ".bin/doctor -jaeger " + s.Shown["jaeger"] + " " + v.ID}
	if s.pages(r) {
		t.Jaeger = s.Shown["jaeger"] + "/trace/" + v.ID
	}
	return t.view()
}

// Title is the page's title.
func (t traceView) Title() string { return t.Words.Name + ", " + t.Words.Duration }

func (t traceView) view() (view, error) {
	section, err := t.View.Section()
	t.Section = template.HTML(section) // made by html/template, which escaped it
	return view{template: "trace", data: t}, err
}

// openedTrace returns the trace that a page is about to show.
func (s *server) openedTrace(r *http.Request) (*explore.View, error) {
	return s.explorer.Opened(r.Context(), strings.ToLower(r.PathValue("id")))
}

// viewOfUpload returns a trace of a file.
func (s *server) viewOfUpload(r *http.Request) (*explore.View, error) {
	f, err := s.explorer.File(r.PathValue("key"))
	if err != nil {
		return nil, err
	}
	n, _ := strconv.Atoi(r.PathValue("n"))
	return f.Trace(n)
}

// data answers with a trace as JSON for the viewer.
func (s *server) data(of func(*http.Request) (*explore.View, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := of(r)
		if err != nil {
			p := problem.From(err)
			http.Error(w, p.Detail, p.Status)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "no-store")
		h.Set("Vary", "Accept-Encoding")
		text := v.Data()
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
		} else if text, err = explore.Unzip(text); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(text) // fails if the browser has gone
	}
}

// download passes a trace on as Jaeger has it.
func (s *server) download(w http.ResponseWriter, r *http.Request) {
	id := strings.ToLower(r.PathValue("id"))
	if !read.IsTraceID(id) {
		http.NotFound(w, r)
		return
	}
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, strings.TrimSuffix(s.Jaeger, "/")+"/api/v3/traces/"+id, nil)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		http.Error(w, "Jaeger does not answer: "+err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		http.Error(w, "Jaeger answered "+resp.Status, http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=trace-%s.json", id))
	_, _ = io.Copy(w, resp.Body) // fails if the browser or Jaeger has gone
}
