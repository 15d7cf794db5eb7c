// Package page is the lab's web page. It shows the catalogue of slowdowns, plays them and compares their traces, and it
// makes custom requests and shows their traces. Serve the handler that [New] returns.
//
// The server makes the requests and reads the traces, so a browser needs to reach only the lab. It requests only what is in the
// catalogue and paths of the three services, and it accepts forms only from its own page.
package page

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"golang.org/x/sync/semaphore"

	"spanwise/doctor/read"
	"spanwise/doctor/report"
	"spanwise/internal/problem"
	"spanwise/lab/jaeger"
	"spanwise/lab/logs"
	"spanwise/lab/page/explore"
	"spanwise/lab/play"
	"spanwise/lab/status"
)

// A Site is the system that the page shows.
type Site struct {
	Shop   play.Client       // the services, as the lab reaches them
	Traces *jaeger.Reader    // their traces, blinded: see spanwise/lab/blind
	Jaeger string            // Jaeger's address, as the lab reaches it
	Shown  map[string]string // the addresses of the services and of "jaeger", as a browser and a shell reach them
	Status status.Checker    // of everything that the page needs
	Logs   *logs.Store       // what the services logged; nil if nothing is received

	// Grow makes the catalogue of products at least that big, and reports how far it is. It is nil if the lab cannot reach the database.
	Grow func(ctx context.Context, products int, progress func(done int)) error
}

// A server handles the page's requests. It is safe for concurrent use.
type server struct {
	Site
	playing *semaphore.Weighted // held while a scenario is played: two at once would slow each other down
	results results
	flow    flowReader

	hasPages atomic.Bool // see pages

	explorer *explore.Explorer
	reading  *semaphore.Weighted // held while a file is read: large ones take much memory
}

// New returns a handler for the pages, /livez and /readyz. The page is ready even if no other program is.
func New(site Site) http.Handler {
	s := &server{Site: site, playing: semaphore.NewWeighted(1), explorer: explore.New(site.Jaeger, site.Logs, hue), reading: semaphore.NewWeighted(1)}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", gzhttp.GzipHandler(s.page(s.home)))
	mux.HandleFunc("GET /scenarios/{id}", s.page(s.scenario))
	mux.HandleFunc("POST /scenarios/{id}", s.long(longest, s.compare))
	mux.HandleFunc("POST /catalogue", s.long(longestSeed, s.grow))
	mux.HandleFunc("GET /requests", s.page(s.requests))
	mux.HandleFunc("POST /requests", s.long(longest, s.try))
	mux.Handle("GET /results/{n}", gzhttp.GzipHandler(s.page(s.result))) // its report has every span
	mux.HandleFunc("GET /flow", s.page(s.showFlow))
	mux.HandleFunc("GET /explain/{$}", s.page(s.kinds))
	mux.HandleFunc("GET /explain/{kind}", s.page(s.explain))
	mux.HandleFunc("GET /waiting", s.waiting)
	s.traceRoutes(mux)
	mux.Handle("GET /files/{name}", gzhttp.GzipHandler(http.HandlerFunc(file)))
	mux.HandleFunc("GET /logs/{trace}", s.logs)
	mux.HandleFunc("GET /", s.page(notFound))
	ok := func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) }
	mux.HandleFunc("GET /livez", ok)
	mux.HandleFunc("GET /readyz", ok)
	return guard(mux)
}

//go:embed html
var embedded embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{"hue": hue, "thousands": report.Thousands, "prose": report.Prose}).ParseFS(embedded, "html/*.html"))

// A view is a page to show.
type view struct {
	template string
	data     any
	status   int
	to       string // a page to redirect to instead
}

// page renders the view or the error that a handler returns.
func (s *server) page(handle func(*http.Request) (view, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { s.render(w, r, longest, handle) }
}

// render is page for a handler that may take that long.
func (s *server) render(w http.ResponseWriter, r *http.Request, limit time.Duration, handle func(*http.Request) (view, error)) {
	// Longer than the server's usual limit. The error means that there is no limit.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(limit + 10*time.Second))
	v, err := handle(r)
	if err != nil {
		v = view{template: "error", data: read.Fact(err), status: http.StatusBadGateway}
		if p, ok := errors.AsType[*problem.Error](err); ok {
			v.status = p.Status
		}
	}
	if v.to != "" {
		http.Redirect(w, r, v.to, http.StatusSeeOther)
		return
	}
	var body bytes.Buffer
	if err := templates.ExecuteTemplate(&body, v.template, v.data); err != nil {
		http.Error(w, "render the page: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store") // result numbers begin again after a restart
	if v.status != 0 {
		w.WriteHeader(v.status)
	}
	_, _ = w.Write(body.Bytes()) // fails if the browser has gone
}

func notFound(*http.Request) (view, error) {
	return view{}, problem.NotFound("there is no such page")
}

// file serves the script and the style sheet, which begins with the doctor's.
func file(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	text, err := embedded.ReadFile("html/" + name)
	if err != nil || strings.HasSuffix(name, ".html") {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	if strings.HasSuffix(name, ".svg") {
		w.Header().Set("Content-Type", "image/svg+xml")
	}
	if strings.HasSuffix(name, ".css") {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
	}
	if name == "page.css" {
		text = append([]byte(report.Style), text...)
	}
	_, _ = w.Write(text)
}
