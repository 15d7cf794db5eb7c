package rest_test

import (
	"errors"
	"iter"
	"net/http"
	"net/http/httptest"
	"testing"

	"spanwise/internal/rest"
)

// Lines come one a line; an error before the first is an answer, a later one tears the answer.
func TestLines(t *testing.T) {
	answer := func(batches iter.Seq2[[]thing, error]) (w *httptest.ResponseRecorder, torn any) {
		w = httptest.NewRecorder()
		defer func() { torn = recover() }()
		rest.Handle(func(w http.ResponseWriter, r *http.Request) error {
			_, err := rest.Lines(w, r, batches)
			return err
		})(w, httptest.NewRequest("GET", "/", nil))
		return w, nil
	}
	broken := errors.New("broken")
	w, torn := answer(func(yield func([]thing, error) bool) {
		_ = yield([]thing{{"a"}, {"<b>"}}, nil) && yield([]thing{{"c"}}, nil)
	})
	if want := "{\"name\":\"a\"}\n{\"name\":\"<b>\"}\n{\"name\":\"c\"}\n"; torn != nil || w.Code != 200 || w.Body.String() != want {
		t.Errorf("got %d %q torn %v, want 200 %q", w.Code, w.Body, torn, want)
	}
	w, torn = answer(func(yield func([]thing, error) bool) { yield(nil, broken) })
	if torn != nil || w.Code != 500 {
		t.Errorf("got %d torn %v, want 500", w.Code, torn)
	}
	_, torn = answer(func(yield func([]thing, error) bool) { _ = yield([]thing{{"a"}}, nil) && yield(nil, broken) })
	if torn != http.ErrAbortHandler {
		t.Errorf("got torn %v, want the connection closed", torn)
	}
}
