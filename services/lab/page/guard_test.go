package page

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The lab answers only to names of this machine, and only its own page may send forms.
func TestGuard(t *testing.T) {
	h := New(Site{})
	const path = "/scenarios/nothing" // passes the guard and is answered with 404
	for _, test := range []struct {
		method, host, header, value string
		want                        int
	}{
		{"GET", "localhost:8000", "", "", http.StatusNotFound},
		{"GET", "LOCALHOST", "", "", http.StatusNotFound},
		{"GET", "lab.localhost:8000", "", "", http.StatusNotFound},
		{"GET", "127.0.0.1:8000", "", "", http.StatusNotFound},
		{"GET", "[::1]:8000", "", "", http.StatusNotFound},
		{"GET", "evil.example", "", "", http.StatusMisdirectedRequest},
		{"GET", "localhost.evil.example:8000", "", "", http.StatusMisdirectedRequest},
		{"GET", "192.168.1.4:8000", "", "", http.StatusMisdirectedRequest},
		{"GET", "", "", "", http.StatusMisdirectedRequest},
		{"POST", "localhost:8000", "Sec-Fetch-Site", "same-origin", http.StatusNotFound},
		{"POST", "localhost:8000", "Origin", "http://localhost:8000", http.StatusNotFound},
		{"POST", "localhost:8000", "", "", http.StatusNotFound}, // not a browser
		{"POST", "localhost:8000", "Sec-Fetch-Site", "cross-site", http.StatusForbidden},
		{"POST", "localhost:8000", "Sec-Fetch-Site", "same-site", http.StatusForbidden},
		{"POST", "localhost:8000", "Origin", "http://localhost:3000", http.StatusForbidden},
		{"POST", "localhost:8000", "Origin", "http://evil.example", http.StatusForbidden},
		{"POST", "evil.example", "Sec-Fetch-Site", "same-origin", http.StatusMisdirectedRequest},
	} {
		r := httptest.NewRequest(test.method, path, nil)
		r.Host = test.host
		if test.header != "" {
			r.Header.Set(test.header, test.value)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != test.want {
			t.Errorf("%s to %q with %s %s: got %d, want %d", test.method, test.host, test.header, test.value, w.Code, test.want)
		}
		if got := w.Header().Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") {
			t.Errorf("%s to %q: got the policy %q", test.method, test.host, got)
		}
	}
}

// An address from the environment is escaped, whatever it contains.
func TestEscapes(t *testing.T) {
	h := New(Site{Shown: map[string]string{"order": `javascript:alert(1)//"><script>`}})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/scenarios/n-plus-one-http", nil))
	if body := w.Body.String(); strings.Contains(body, "<script>") || strings.Contains(body, `href="javascript:`) || !strings.Contains(body, "alert(1)") {
		t.Errorf("got\n%s", body)
	}
}
