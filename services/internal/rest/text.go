package rest

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"spanwise/internal/problem"
)

// checkText refuses a path or query that is malformed or no text, and hands the path's values on unescaped: chi
// leaves them as they were sent.
func checkText(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := textual(r); err != nil {
			Fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func textual(r *http.Request) error {
	if err := CheckText("the path", r.URL.Path); err != nil {
		return err
	}
	if r.URL.RawPath != "" {
		for _, name := range chi.RouteContext(r.Context()).URLParams.Keys {
			if value, err := url.PathUnescape(r.PathValue(name)); err == nil {
				r.SetPathValue(name, value)
			}
		}
	}
	if !strings.ContainsAny(r.URL.RawQuery, "%;") {
		return CheckText("the query", r.URL.RawQuery)
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return problem.New(http.StatusBadRequest, "the query cannot be read: %v", err)
	}
	for name, values := range query {
		if err := CheckText("the query parameter "+strings.ToValidUTF8(name, "�"), values...); err != nil {
			return err
		}
	}
	return nil
}

// CheckText returns a problem if a text is not UTF-8, or holds a NUL, which PostgreSQL does not store.
func CheckText(what string, texts ...string) error {
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return problem.New(http.StatusBadRequest, "%s %.80q is no text: it must be UTF-8 without NUL", what, text)
		}
	}
	return nil
}
