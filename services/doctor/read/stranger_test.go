package read

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

type answer func(*http.Request) (*http.Response, error)

func (a answer) RoundTrip(r *http.Request) (*http.Response, error) { return a(r) }

// A server that is something else is named by its port, and a connection that breaks off says what that may mean.
func TestStrangers(t *testing.T) {
	notFound := func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 404, Header: http.Header{"Content-Type": {"text/plain"}}, Body: io.NopCloser(strings.NewReader("404"))}, nil
	}
	malformed := func(*http.Request) (*http.Response, error) { return nil, errors.New("malformed HTTP response") }
	broken := func(*http.Request) (*http.Response, error) { return nil, io.EOF }
	for _, c := range []struct {
		base   string
		answer answer
		want   string
	}{
		{"http://h:4318", notFound, "/api/traces/1 answered 404 text/plain (port 4318 receives spans; Jaeger answers queries at port 16686, Tempo at 3200)"},
		{"http://h:16685", malformed, "malformed HTTP response (port 16685 answers gRPC only; Jaeger answers over HTTP at port 16686)"},
		{"http://h:16686", notFound, "(try: -jaeger URL)"},
		{"http://h", malformed, "(is it running? try: -jaeger URL)"},
		{"http://h", broken, "closed the connection instead of answering: EOF (was it killed for using too much memory, or restarted?"},
	} {
		_, err := Jaeger(c.base, &http.Client{Transport: c.answer}).Trace(context.Background(), "1")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.base, err, c.want)
		}
	}
}
