package status

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// server answers every request with a status.
func server(t *testing.T, status int) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) }))
	t.Cleanup(s.Close)
	return s.URL
}

// Only a part that answers with a 2xx is ready. What the start says about a part replaces the error, and only for those that are not
// ready.
func TestCheck(t *testing.T) {
	file := filepath.Join(t.TempDir(), "progress.json")
	if err := WriteProgress(file, map[string]string{"jaeger": "310 of about 1,950 packages", "order": "built"}); err != nil {
		t.Fatal(err)
	}
	c := Checker{Client: http.DefaultClient, Progress: file, Targets: []Target{
		{"order", server(t, 204)}, {"jaeger", "http://127.0.0.1:1"}, {"otelcol", server(t, 503)}}}
	want := []Part{{Name: "order", Ready: true}, {Name: "jaeger", State: "310 of about 1,950 packages"},
		{Name: "otelcol", State: c.Targets[2].URL + " answered 503 Service Unavailable"}}
	got := c.Check(t.Context())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[1:], Missing(got)); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
}

// Progress that is missing, damaged or old, from a start that was killed, is not believed.
func TestProgress(t *testing.T) {
	file := filepath.Join(t.TempDir(), "progress.json")
	c := Checker{Client: http.DefaultClient, Progress: file, Targets: []Target{{"jaeger", "http://127.0.0.1:1"}}}
	for name, prepare := range map[string]func() error{
		"missing": func() error { return WriteProgress(file, nil) },
		"damaged": func() error { return os.WriteFile(file, []byte("{"), 0o644) },
		"old": func() error {
			if err := WriteProgress(file, map[string]string{"jaeger": "being built"}); err != nil {
				return err
			}
			then := time.Now().Add(-2 * fresh)
			return os.Chtimes(file, then, then)
		},
	} {
		if err := prepare(); err != nil {
			t.Fatal(err)
		}
		if got := c.Check(t.Context())[0]; got.Ready || got.State != "is not running" {
			t.Errorf("%s: got %+v, want that it is not running", name, got)
		}
	}
}

// A part without an address is a container that is not running, and the state names its log.
func TestNoSuchHost(t *testing.T) {
	lookup := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.DNSError{Err: "no such host", Name: "jaeger", IsNotFound: true}
	}
	c := Checker{Client: &http.Client{Transport: &http.Transport{DialContext: lookup}}, Targets: []Target{{"jaeger", "http://jaeger:16686"}}}
	want := "is not running, or restarts again and again (try: docker compose logs jaeger)"
	if got := c.Check(t.Context())[0]; got.Ready || got.State != want {
		t.Errorf("got %+v, want %q", got, want)
	}
}
