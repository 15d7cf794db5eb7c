package page

import (
	"net/http"

	"spanwise/internal/rest"
	"spanwise/lab/status"
)

// missing returns the parts of the system that are not ready. The home page shows them with the template "waiting".
func (s *server) missing(r *http.Request) []status.Part {
	return status.Missing(s.Status.Check(r.Context()))
}

// waiting answers with the same as JSON, for the script that keeps them up to date.
func (s *server) waiting(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	missing := s.missing(r)
	if missing == nil {
		missing = []status.Part{} // null would be no list
	}
	_ = rest.Answer(w, http.StatusOK, missing) // fails if the browser has gone
}
