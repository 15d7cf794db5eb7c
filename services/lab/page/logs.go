package page

import (
	"encoding/json"
	"net/http"
)

// logs answers with the log lines of a trace as JSON, and with how many older lines the lab has dropped in all.
func (s *server) logs(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{ // fails if the client has gone
		"lines":   s.Logs.Of(r.PathValue("trace")),
		"dropped": s.Logs.Dropped(),
	})
}
