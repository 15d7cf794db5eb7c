package read_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/read"
)

// The services of a server are read from each of the APIs. An answer of another API is an error.
func TestServices(t *testing.T) {
	jaeger := func(url string) lister { return read.Jaeger(url, http.DefaultClient) }
	tempo := func(url string) lister { return read.Tempo(url, http.DefaultClient, nil) }
	for name, c := range map[string]struct {
		connect func(url string) lister
		path    string
		answer  string
		want    []string
		err     string
	}{
		"Jaeger":                {connect: jaeger, path: "/api/v3/services", answer: `{"services":["b","a","b"]}`, want: []string{"a", "b"}},
		"Jaeger without traces": {connect: jaeger, path: "/api/v3/services", answer: `{}`},
		"older Jaeger":          {connect: jaeger, path: "/api/services", answer: `{"data":["a"],"total":1,"errors":null}`, want: []string{"a"}},
		"older, without traces": {connect: jaeger, path: "/api/services", answer: `{"data":null,"total":0,"errors":null}`},
		"Tempo":                 {connect: tempo, path: "/api/v2/search/tag/resource.service.name/values", answer: `{"tagValues":[{"type":"string","value":"a"}],"metrics":{}}`, want: []string{"a"}},
		"older Tempo":           {connect: tempo, path: "/api/search/tag/service.name/values", answer: `{"tagValues":["b","a"]}`, want: []string{"a", "b"}},
		"a stranger":            {connect: jaeger, path: "/api/v3/services", answer: `{"hello":"world"}`, err: "no Jaeger API"},
		"numbers":               {connect: tempo, path: "/api/search/tag/service.name/values", answer: `{"tagValues":[1]}`, err: "no Tempo API"},
		"cut off":               {connect: jaeger, path: "/api/v3/services", answer: `{"services":["a`, err: "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			mux := http.NewServeMux()
			mux.HandleFunc(c.path, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(c.answer)) })
			server := httptest.NewServer(mux)
			defer server.Close()
			got, err := c.connect(server.URL).Services(t.Context())
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("services (-want +got):\n%s", diff)
			}
			if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
				t.Errorf("got error %v, want %q", err, c.err)
			}
		})
	}
}

type lister interface {
	Services(ctx context.Context) ([]string, error)
}

// The advice for the command line can be taken off an error, so that a page need not show it.
func TestFact(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	_, err := read.Jaeger(silent.URL, &http.Client{Timeout: 20 * time.Millisecond}).Trace(t.Context(), "77")
	if err == nil || !strings.HasSuffix(err.Error(), "did not answer in time ("+read.Advice(err)+")") || read.Advice(err) == "" {
		t.Errorf("got error %v with advice %q", err, read.Advice(err))
	}
	if got, want := read.Fact(err), "trace 77: jaeger at "+silent.URL+" did not answer in time"; got != want {
		t.Errorf("got fact %q, want %q", got, want)
	}
	if got, want := read.Fact(read.ErrEmpty), read.ErrEmpty.Error(); got != want {
		t.Errorf("got fact %q, want %q", got, want)
	}
}
