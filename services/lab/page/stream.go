package page

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"spanwise/doctor/read"
)

// A news is one line of the response to the page's script, which shows it while it waits.
type news struct {
	Text  string `json:"text,omitempty"` // what happens now
	Done  int    `json:"done,omitempty"` // of the steps
	Of    int    `json:"of,omitempty"`
	To    string `json:"to,omitempty"`    // the page with the result, which ends it
	Error string `json:"error,omitempty"` // instead of a result
}

// streamed is the media type that the page's script asks for: a JSON object on each line.
const streamed = "application/x-ndjson"

// long handles a form whose work takes a while: at most the given time. The page's script gets news until it is done; a browser without scripts
// gets the page as usual.
func (s *server) long(limit time.Duration, handle func(r *http.Request, tell func(news)) (view, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if !strings.Contains(r.Header.Get("Accept"), streamed) {
			s.render(w, r, limit, func(r *http.Request) (view, error) { return handle(r, func(news) {}) })
			return
		}
		_ = control.SetWriteDeadline(time.Now().Add(limit + 10*time.Second)) // fails if there is no limit
		w.Header().Set("Content-Type", streamed)
		w.Header().Set("Cache-Control", "no-store")
		lines := json.NewEncoder(w)
		tell := func(n news) {
			_ = lines.Encode(n) // fails if the browser has gone, and then the request's context ends
			_ = control.Flush()
		}
		v, err := handle(r, tell)
		if err != nil {
			tell(news{Error: read.Fact(err)})
			return
		}
		tell(news{To: v.to})
	}
}
