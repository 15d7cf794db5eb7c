// Package lab is the lab's own server: it tells whoever opens it what this is and where to look.
// Serve [NewServer]'s handler; the commands are in cmd/lab, the parts that they are made of in the packages below.
package lab

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
)

// Places are the addresses that a person needs, as their browser and their shell reach them.
type Places struct {
	Order  string // such as http://localhost:8080
	Jaeger string // such as http://localhost:16686
}

//go:embed page.html
var text string

var page = template.Must(template.New("page").Parse(text))

// NewServer returns the lab's pages. It depends on no other program, so it is ready as soon as it serves.
func NewServer(places Places) (http.Handler, error) {
	var body bytes.Buffer // the same for everybody
	if err := page.Execute(&body, places); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'")
		_, _ = w.Write(body.Bytes()) // whoever hung up does not read it
	})
	ok := func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) }
	mux.HandleFunc("GET /livez", ok)
	mux.HandleFunc("GET /readyz", ok)
	return mux, nil
}
