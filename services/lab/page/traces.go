package page

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"spanwise/internal/problem"
	"spanwise/lab/page/explore"
)

// listing is the data of the list of traces.
type listing struct {
	explore.List
	Filter   explore.Filter
	Form     url.Values
	Services []string
	Periods  []string
	Now      int64  // when it was made, in microseconds since the Unix epoch
	Older    string // the query of the next older traces; "" if there are none
	Newest   string // the query of the newest ones, on an older page
	Problem  string // why there is no list
	Upload   int    // how large a file may be, in MiB
}

// Last is how far back the list goes.
func (l listing) Last() string { return explore.Span(l.Filter.Last) }

// Found says what is in the list, and what may be missing.
func (l listing) Found() string {
	text := fmt.Sprintf("%d traces", len(l.Traces))
	if len(l.Traces) == 1 {
		text = "1 trace"
	}
	if l.Bounded() {
		text += fmt.Sprintf(" among the newest %d, back to %s. Older ones may match too.", l.Looked, l.Since.Format("15:04:05"))
	}
	if l.Gaps {
		text += " Many ran at the same time, so some may be missing here."
	}
	return text
}

// traceRoutes adds the pages about traces, of Jaeger and of files.
func (s *server) traceRoutes(mux *http.ServeMux) {
	small := gzhttp.GzipHandler // a trace's page has the doctor's report too, for browsers without scripts
	mux.Handle("GET /traces", small(s.page(s.traces)))
	mux.HandleFunc("GET /traces/rows", s.rows)
	mux.HandleFunc("GET /traces/open", s.page(open))
	mux.Handle("GET /traces/{id}", small(s.page(s.trace)))
	mux.HandleFunc("GET /traces/{id}/data", s.data(s.openedTrace))
	mux.HandleFunc("GET /traces/{id}/download", s.download)
	mux.HandleFunc("POST /uploads", s.page(s.upload))
	mux.Handle("GET /uploads/{key}", small(s.page(s.uploaded)))
	mux.Handle("GET /uploads/{key}/{n}", small(s.page(s.uploadedTrace)))
	mux.HandleFunc("GET /uploads/{key}/{n}/data", s.data(s.viewOfUpload))
}

// traces shows the traces that match the filter in the address, and redirects to the shortest address of the same filter.
func (s *server) traces(r *http.Request) (view, error) {
	q := r.URL.Query()
	now := time.Now()
	f, err := explore.ParseFilter(q)
	l := listing{Now: now.UnixMicro(), Filter: f, Form: q, Periods: periods(f), Upload: explore.MaxUpload >> 20}
	if err != nil {
		l.Problem = err.Error()
		return view{template: "traces", data: l, status: http.StatusBadRequest}, nil
	}
	if canonical := f.Query(); canonical != q.Encode() {
		return view{to: address("/traces", canonical)}, nil
	}
	l.Services, err = s.explorer.Services(r.Context())
	if err == nil {
		l.List, err = s.explorer.List(r.Context(), f, now)
	}
	if err != nil {
		l.Problem = err.Error()
		return view{template: "traces", data: l, status: http.StatusBadGateway}, nil
	}
	if f.Service != "" && !slices.Contains(l.Services, f.Service) {
		l.Services = append(l.Services, f.Service)
	}
	if l.More {
		older := f
		older.Before = l.Since
		l.Older = address("/traces", older.Query())
	}
	if !f.Before.IsZero() {
		newest := f
		newest.Before = time.Time{}
		l.Newest = address("/traces", newest.Query())
	}
	return view{template: "traces", data: l}, nil
}

// periods are the choices of how far back a list goes, with the one that is in use.
func periods(f explore.Filter) []string {
	if last := explore.Span(f.Last); last != "" && !slices.Contains(explore.Periods, last) {
		return append([]string{last}, explore.Periods...)
	}
	return explore.Periods
}

// address adds a query to a path.
func address(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}

// rows answers with the rows of the traces that match and have spans since a time, for a list that is open. X-Now is the time of
// the answer, and X-More says that there are more than these.
func (s *server) rows(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	f, err := explore.ParseFilter(q)
	since, notTime := strconv.ParseInt(q.Get("since"), 10, 64)
	if err != nil || notTime != nil {
		http.Error(w, "want a filter and the time since when", http.StatusBadRequest)
		return
	}
	now := time.Now()
	from := time.UnixMicro(since)
	if oldest := now.Add(-f.Last); from.Before(oldest) {
		from = oldest
	}
	list, err := s.explorer.Since(r.Context(), f, from, now)
	w.Header().Set("Cache-Control", "no-store")
	if err != nil {
		w.Header().Set("X-Problem", "1") // with a status of its own, a browser would log each of them as an error of the page
		_, _ = io.WriteString(w, problem.From(err).Detail)
		return
	}
	var body bytes.Buffer
	if err := templates.ExecuteTemplate(&body, "rows", list.Traces); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Now", strconv.FormatInt(now.UnixMicro(), 10))
	if list.More {
		w.Header().Set("X-More", "1")
	}
	_, _ = w.Write(body.Bytes()) // fails if the browser has gone
}

// open leads to the trace whose id is in what a person pasted.
func open(r *http.Request) (view, error) {
	id, err := explore.ParseID(r.URL.Query().Get("id"))
	if err != nil {
		return view{}, err
	}
	return view{to: "/traces/" + id}, nil
}
