package page

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"time"

	"spanwise/doctor/report"
)

//go:embed html
var embedded embed.FS

var templates = template.Must(template.ParseFS(embedded, "html/*.html"))

// A view is one page to be shown.
type view struct {
	template string
	data     any
	status   int
	to       string // another page to go to instead
}

// A trouble is an error that says which status a browser gets.
type trouble struct {
	status int
	err    error
}

func (t trouble) Error() string { return t.err.Error() }
func (t trouble) Unwrap() error { return t.err }

// page shows what a handler returns, and what went wrong in it.
func (s *server) page(handle func(*http.Request) (view, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// More than the server gives an answer otherwise; a server that cannot be told has no limit.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(longest + 10*time.Second))
		v, err := handle(r)
		if err != nil {
			v = view{template: "trouble", data: err.Error(), status: http.StatusBadGateway}
			var t trouble
			if errors.As(err, &t) {
				v.status = t.status
			}
		}
		if v.to != "" {
			http.Redirect(w, r, v.to, http.StatusSeeOther)
			return
		}
		var body bytes.Buffer
		if err := templates.ExecuteTemplate(&body, v.template, v.data); err != nil {
			http.Error(w, "the page could not be made: "+err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store") // results are this run's
		if v.status != 0 {
			w.WriteHeader(v.status)
		}
		_, _ = w.Write(body.Bytes()) // whoever hung up does not read it
	}
}

func nowhere(*http.Request) (view, error) {
	return view{}, trouble{http.StatusNotFound, errors.New("there is no such page")}
}

// file serves the style sheets, the doctor's own first, and the script.
func file(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	text, err := embedded.ReadFile("html/" + name)
	if err != nil || strings.HasSuffix(name, ".html") {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	if strings.HasSuffix(name, ".css") {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		text = append([]byte(report.Style), text...)
	}
	_, _ = w.Write(text)
}
