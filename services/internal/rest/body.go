package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"spanwise/internal/problem"
)

// maxBody bounds what a service reads of a request, in bytes.
const maxBody = 1 << 20

// Decode reads a request's JSON body into a T. Everything that is wrong with it is a problem that says where.
func Decode[T any](w http.ResponseWriter, r *http.Request) (T, error) {
	var v T
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return v, problem.New(http.StatusUnsupportedMediaType,
			"the body must be JSON: send it with Content-Type: application/json, not %.80q", r.Header.Get("Content-Type"))
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	err := d.Decode(&v)
	if err == nil && d.More() {
		err = errors.New("something follows the JSON value")
	}
	if err != nil {
		return v, badBody(err)
	}
	return v, nil
}

func badBody(err error) error {
	var (
		large  *http.MaxBytesError
		syntax *json.SyntaxError
		kind   *json.UnmarshalTypeError
	)
	switch {
	case errors.As(err, &large):
		return problem.New(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", large.Limit)
	case errors.Is(err, io.EOF):
		return problem.New(http.StatusBadRequest, "the body is empty; it must hold JSON")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return problem.New(http.StatusBadRequest, "the body's JSON ends too early")
	case errors.As(err, &syntax):
		return problem.New(http.StatusBadRequest, "the body's JSON is broken at byte %d: %v", syntax.Offset, err)
	case errors.As(err, &kind):
		return problem.New(http.StatusBadRequest, "%s cannot be a %s; it is a %s", fieldName(kind.Field), kind.Value, kind.Type)
	}
	return problem.New(http.StatusBadRequest, "the body cannot be understood: %s", strings.TrimPrefix(err.Error(), "json: "))
}

func fieldName(path string) string {
	if path == "" {
		return "the body"
	}
	return fmt.Sprintf("%q", path)
}
