package rest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"

	"spanwise/internal/problem"
)

// maxBody is the maximum size of a body, in bytes.
const maxBody = 1 << 20

// Decode reads a request's JSON body into a T. The problem of a malformed body says where it is malformed.
func Decode[T any](w http.ResponseWriter, r *http.Request) (T, error) {
	var v T
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return v, problem.New(http.StatusUnsupportedMediaType,
			"the body must be JSON: send it with Content-Type: application/json, not %.80q", r.Header.Get("Content-Type"))
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return v, badBody(err)
	}
	if bytes.Contains(text, []byte(`\u0000`)) {
		return v, problem.Invalid(`the body contains a NUL (\u0000), which is not text`)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return v, badBody(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return v, problem.Invalid("something follows the body's JSON value at byte %d", d.InputOffset())
	}
	return v, nil
}

func badBody(err error) error {
	var (
		large    *http.MaxBytesError
		syntax   *json.SyntaxError
		mistyped *json.UnmarshalTypeError
	)
	switch {
	case errors.As(err, &large):
		return problem.New(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", large.Limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return problem.New(http.StatusRequestTimeout, "the body did not arrive within %v", readTimeout).Because(err)
	case errors.Is(err, io.EOF):
		return problem.Invalid("the body is empty; it must contain JSON")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return problem.Invalid("the body's JSON ends too early")
	case errors.As(err, &syntax):
		return problem.Invalid("the body's JSON is broken at byte %d: %v", syntax.Offset, err)
	case errors.As(err, &mistyped):
		return problem.Invalid("%s has the wrong type: %s", cmp.Or(mistyped.Field, "the body"), mistyped.Value)
	}
	return problem.Invalid("the body cannot be decoded: %s", strings.TrimPrefix(err.Error(), "json: "))
}
