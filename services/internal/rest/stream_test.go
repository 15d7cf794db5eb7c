package rest_test

import (
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"testing"

	"spanwise/internal/rest"
)

// Items come one after another with the address of what follows them; an error before the first is an answer, a later
// one tears the answer.
func TestStream(t *testing.T) {
	answer := func(next string, items iter.Seq2[thing, error]) (w *httptest.ResponseRecorder, torn any) {
		w = httptest.NewRecorder()
		defer func() { torn = recover() }()
		rest.Handle(func(w http.ResponseWriter, r *http.Request) error {
			return rest.Stream(w, r, "things", items, func(n int, last thing) string {
				if next == "" {
					return ""
				}
				return fmt.Sprintf("%s%d%s", next, n, last.Name)
			})
		})(w, httptest.NewRequest("GET", "/", nil))
		return w, nil
	}
	none := func(func(thing, error) bool) {}
	two := func(yield func(thing, error) bool) { _ = yield(thing{"a"}, nil) && yield(thing{"<b>"}, nil) }
	broken := func(yield func(thing, error) bool) { yield(thing{}, errors.New("broken")) }
	cut := func(yield func(thing, error) bool) {
		_ = yield(thing{"a"}, nil) && yield(thing{}, errors.New("broken"))
	}
	for _, test := range []struct {
		next   string
		items  iter.Seq2[thing, error]
		status int
		body   string // "" for any
		torn   any
	}{
		{"", none, 200, `{"things":[]}` + "\n", nil},
		{"/?after=", none, 200, `{"things":[],"next":"/?after=0"}` + "\n", nil},
		{"", two, 200, `{"things":[{"name":"a"},{"name":"<b>"}]}` + "\n", nil},
		{"/?after=", two, 200, `{"things":[{"name":"a"},{"name":"<b>"}],"next":"/?after=2<b>"}` + "\n", nil},
		{"", broken, 500, "", nil},
		{"", cut, 200, `{"things":[{"name":"a"}`, http.ErrAbortHandler},
	} {
		w, torn := answer(test.next, test.items)
		if w.Code != test.status || torn != test.torn || test.body != "" && w.Body.String() != test.body {
			t.Errorf("got %d %q torn %v, want %d %q %v", w.Code, w.Body, torn, test.status, test.body, test.torn)
		}
	}
}
