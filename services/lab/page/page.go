// Package page is the lab's web page. It shows the catalogue of slowdowns, plays them and compares their traces, and it
// makes custom requests and shows their traces. Serve the handler that [New] returns.
//
// The server makes the requests and reads the traces, so a browser needs to reach only the lab. It requests only what is in the
// catalogue and paths of the three services, and it accepts forms only from its own page.
package page

import (
	"net/http"

	"golang.org/x/sync/semaphore"

	"spanwise/lab/jaeger"
	"spanwise/lab/play"
)

// A Site is the system that the page shows.
type Site struct {
	Shop   play.Client       // the services, as the lab reaches them
	Traces *jaeger.Reader    // their traces, blinded: see spanwise/lab/blind
	Jaeger string            // Jaeger's address, as the lab reaches it
	Shown  map[string]string // the addresses of the services and of "jaeger", as a browser and a shell reach them
}

// A server handles the page's requests. It is safe for concurrent use.
type server struct {
	Site
	playing *semaphore.Weighted // held while a scenario is played: two at once would slow each other down
	results results
}

// New returns a handler for the pages, /livez and /readyz. The page is ready even if no other program is.
func New(site Site) http.Handler {
	s := &server{Site: site, playing: semaphore.NewWeighted(1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.page(s.home))
	mux.HandleFunc("GET /scenarios/{id}", s.page(s.scenario))
	mux.HandleFunc("POST /scenarios/{id}", s.page(s.compare))
	mux.HandleFunc("POST /requests", s.page(s.try))
	mux.HandleFunc("GET /results/{n}", s.page(s.result))
	mux.HandleFunc("GET /files/{name}", file)
	mux.HandleFunc("GET /", s.page(notFound))
	ok := func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) }
	mux.HandleFunc("GET /livez", ok)
	mux.HandleFunc("GET /readyz", ok)
	return guard(mux)
}
