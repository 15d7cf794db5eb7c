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
	"spanwise/internal/problem"
)

//go:embed html
var embedded embed.FS

var templates = template.Must(template.ParseFS(embedded, "html/*.html"))

// A view is a page to show.
type view struct {
	template string
	data     any
	status   int
	to       string // a page to redirect to instead
}

// page renders the view or the error that a handler returns.
func (s *server) page(handle func(*http.Request) (view, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// Longer than the server's usual limit. The error means that there is no limit.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(longest + 10*time.Second))
		v, err := handle(r)
		if err != nil {
			v = view{template: "error", data: err.Error(), status: http.StatusBadGateway}
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
	if strings.HasSuffix(name, ".css") {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		text = append([]byte(report.Style), text...)
	}
	_, _ = w.Write(text)
}
