package lists

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"spanwise/internal/spantest"
	"spanwise/pricing/cache"
)

// An answer is compressed for callers that accept gzip, the first time as well as from the cache, and states its length.
func TestAnswer(t *testing.T) {
	kept, err := cache.Open("", spantest.New().Telemetry("pricing", t.Output()))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"Name":"sku-1","Text":"","Cents":1}` + "\n"
	for range 2 {
		for accept, zipped := range map[string]bool{
			"": false, "identity": false, "gzip;q=0": false, "gzip; q=x": false, "br, GZIP;q=0.5": true, "gzip": true,
		} {
			r := httptest.NewRequest(http.MethodGet, "/products", nil)
			r.Header.Set("Accept-Encoding", accept)
			w := httptest.NewRecorder()
			find := func() (any, error) { return item{Name: "sku-1", Cents: 1}, nil }
			if err := Answer(w, r, kept, "products", find); err != nil {
				t.Fatal(err)
			}
			if got := w.Header().Get("Content-Length"); got != strconv.Itoa(w.Body.Len()) {
				t.Errorf("%q: got a Content-Length of %s, want %d", accept, got, w.Body.Len())
			}
			if got := w.Header().Get("Content-Encoding") == "gzip"; got != zipped {
				t.Errorf("%q: got it compressed: %v, want %v", accept, got, zipped)
			}
			if got := unzipped(t, w.Body, zipped); got != want {
				t.Errorf("%q: got %q, want %q", accept, got, want)
			}
		}
	}
}

func unzipped(t *testing.T, body io.Reader, zipped bool) string {
	t.Helper()
	if zipped {
		var err error
		if body, err = gzip.NewReader(body); err != nil {
			t.Fatal(err)
		}
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
