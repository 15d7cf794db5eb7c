// Package page is the lab's page: the catalogue of slowdowns to read, to try and to compare, and requests of one's own
// with their traces. Serve [New]'s handler.
//
// The page asks the services itself and reads their traces, so that a browser needs nothing but the lab. It asks for
// nothing but what the catalogue holds, and paths of the three services; and it listens to no page but its own.
package page

import (
	"net/http"

	"spanwise/lab/jaeger"
	"spanwise/lab/play"
)

// A Site is what the page is about.
type Site struct {
	Shop   play.Client       // whom the lab asks
	Traces *jaeger.Reader    // reads their traces, without the truth: see spanwise/lab/blind
	Jaeger string            // the address at which the lab reaches Jaeger
	Shown  map[string]string // addresses as a person's browser and shell reach them, by service, and that of "jaeger"
}

// A server answers the page's requests. It is safe for concurrent use.
type server struct {
	Site
	turn    chan struct{} // holds one token: scenarios that ran at once would slow each other down
	results results
}

// New returns the lab's pages, and /livez and /readyz. It depends on no other program to be ready.
func New(site Site) http.Handler {
	s := &server{Site: site, turn: make(chan struct{}, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.page(s.home))
	mux.HandleFunc("GET /scenarios/{id}", s.page(s.scenario))
	mux.HandleFunc("POST /scenarios/{id}", s.page(s.compare))
	mux.HandleFunc("POST /requests", s.page(s.try))
	mux.HandleFunc("GET /results/{n}", s.page(s.result))
	mux.HandleFunc("GET /files/{name}", file)
	mux.HandleFunc("GET /", s.page(nowhere))
	ok := func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) }
	mux.HandleFunc("GET /livez", ok)
	mux.HandleFunc("GET /readyz", ok)
	return guard(mux)
}
