package lab

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestPages requires the page to name the addresses that it was given, and health to be answered.
func TestPages(t *testing.T) {
	h, err := NewServer(Places{Order: "http://localhost:9080", Jaeger: "http://localhost:17686"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		path   string
		status int
		want   string
	}{
		{"/", http.StatusOK, "curl -i 'http://localhost:9080/orders/50?fetch=each'"},
		{"/", http.StatusOK, `<a href="http://localhost:17686">`},
		{"/livez", http.StatusNoContent, ""},
		{"/readyz", http.StatusNoContent, ""},
		{"/nothing", http.StatusNotFound, ""},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, test.path, nil))
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.want) {
			t.Errorf("%s: got %d and\n%s\nwant %d and %q", test.path, w.Code, w.Body, test.status, test.want)
		}
	}
}

// TestPageEscapes requires an address to stay text: it comes from the environment, not from us.
func TestPageEscapes(t *testing.T) {
	h, err := NewServer(Places{Jaeger: `javascript:alert(1)//"><script>`})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if body := w.Body.String(); strings.Contains(body, "<script>") || strings.Contains(body, `href="javascript:`) {
		t.Errorf("got\n%s", body)
	}
}
