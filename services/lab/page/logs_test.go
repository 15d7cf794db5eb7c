package page

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/lab/logs"
)

// The log lines of a trace are there as JSON.
func TestLogs(t *testing.T) {
	type answer struct {
		Lines   []logs.Line
		Dropped int
	}
	line := logs.Line{Trace: "a", Service: "order", Message: "request refused"}
	store := new(logs.Store)
	store.Add(line)
	store.Add(logs.Line{Trace: "b"})
	for _, test := range []struct {
		store *logs.Store
		want  answer
	}{
		{store, answer{Lines: []logs.Line{line}}},
		{nil, answer{}},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/logs/a", nil)
		r.Host = "localhost"
		New(Site{Logs: test.store}).ServeHTTP(w, r)
		var got answer
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
			t.Fatalf("got %d %s, %v", w.Code, w.Body, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
