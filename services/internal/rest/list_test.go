package rest_test

import (
	"errors"
	"iter"
	"net/http"
	"net/http/httptest"
	"testing"

	"spanwise/internal/rest"
)

// There is one value per line; an error before the first is an answer, a later one aborts the connection.
func TestLines(t *testing.T) {
	answer := func(batches iter.Seq2[[]thing, error]) (w *httptest.ResponseRecorder, aborted any) {
		w = httptest.NewRecorder()
		defer func() { aborted = recover() }()
		rest.Handle(func(w http.ResponseWriter, r *http.Request) error {
			_, err := rest.Lines(w, r, batches)
			return err
		})(w, httptest.NewRequest("GET", "/", nil))
		return w, nil
	}
	broken := errors.New("broken")
	w, aborted := answer(func(yield func([]thing, error) bool) {
		_ = yield([]thing{{"a"}, {"<b>"}}, nil) && yield([]thing{{"c"}}, nil)
	})
	if want := "{\"name\":\"a\"}\n{\"name\":\"<b>\"}\n{\"name\":\"c\"}\n"; aborted != nil || w.Code != 200 || w.Body.String() != want {
		t.Errorf("got %d %q aborted %v, want 200 %q", w.Code, w.Body, aborted, want)
	}
	w, aborted = answer(func(yield func([]thing, error) bool) { yield(nil, broken) })
	if aborted != nil || w.Code != 500 {
		t.Errorf("got %d aborted %v, want 500", w.Code, aborted)
	}
	_, aborted = answer(func(yield func([]thing, error) bool) { _ = yield([]thing{{"a"}}, nil) && yield(nil, broken) })
	if aborted != http.ErrAbortHandler {
		t.Errorf("got aborted %v, want the connection closed", aborted)
	}
}
