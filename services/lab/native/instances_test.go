package native

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
)

// timeoutHeader marks a call of one service by another, which is not refused in an overload.
const timeoutHeader = "X-Call-Timeout-Ms"

// behindNginx starts nginx with the repository's configuration in front of two servers for each service, and returns its settings.
// The first of each two breaks every request off, which broken counts; the second answers with what it got.
func behindNginx(t *testing.T) (s Settings, broken *atomic.Int64) {
	t.Helper()
	if err := CheckNginx(); err != nil {
		t.Skip(err)
	}
	s, err := Scratch("../../..", t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Instances = 2
	if err := s.prepareInstances(); err != nil {
		t.Fatal(err)
	}
	forgetFailures(t, s.nginxConf())
	broken = new(atomic.Int64)
	first := func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		broken.Add(1)
		panic(http.ErrAbortHandler)
	}
	second := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s %q %s", r.Method, r.RequestURI, r.Header.Get("X-Request-ID"), r.Header.Values(timeoutHeader), body)
	}
	for _, service := range Services {
		for i, handler := range []http.HandlerFunc{first, second} {
			serveAt(t, s.Addr(portOf(Instance(service, i+1), "PORT")), handler)
		}
	}
	p, err := launch(s.nginx(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Kill() })
	r := &Run{Settings: s, console: NewConsole(io.Discard, false)}
	if err := r.ready(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	return s, broken
}

// forgetFailures makes nginx ask the first instance again at once, so that the test need not wait.
func forgetFailures(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(strings.ReplaceAll(string(text), "fail_timeout=2s", "max_fails=0")), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func serveAt(t *testing.T, addr string, h http.Handler) {
	t.Helper()
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: h}
	go server.Serve(ln)
	t.Cleanup(func() { server.Close() })
}

// A request that one instance breaks off is answered by the other if it is idempotent: each GET, an order with a key, a cancellation, and
// each call of one service by another. An order without a key may have been placed, so it fails. Whatever the services accept passes, but clients cannot
// pass their requests off as calls between the services.
func TestRetriesBehindNginx(t *testing.T) {
	s, broken := behindNginx(t)
	batch := "/stock?sku=" + strings.Repeat("sku-1000&sku=", 1000)
	for _, tt := range []struct {
		port, method, path, key string
		want                    int // if the first instance got it
	}{
		{OrderPort, "GET", "/orders/1", "", 200},
		{OrderPort, "POST", "/orders", "k", 200},
		{OrderPort, "POST", "/orders", "", 502},
		{OrderPort, "POST", "/orders/1/cancel", "", 200},
		{InventoryPort, "POST", "/reservations", "", 200},
		{InventoryPort, "DELETE", "/reservations/1", "", 200},
		{InventoryPort, "GET", batch, "", 200},
		{PricingPort, "POST", "/quotes?fail=inventory:503", "", 200},
	} {
		for before := broken.Load(); broken.Load() == before; { // until the first instance gets it
			status, answer, want := sendLarge(t, s, tt.port, tt.method, tt.path, tt.key)
			if broken.Load() > before && status != tt.want || broken.Load() == before && status != 200 {
				t.Errorf("%s %.40s with key %q: got %d %.60s, want %d", tt.method, tt.path, tt.key, status, answer, tt.want)
			}
			if status == 200 && answer != want {
				t.Errorf("%s %.40s: the instance got %.99s, want %.99s", tt.method, tt.path, answer, want)
			}
		}
	}
}

// sendLarge sends the largest request that a service accepts, and returns the answer and what that should be.
func sendLarge(t *testing.T, s Settings, port, method, path, key string) (status int, answer, want string) {
	t.Helper()
	body := ""
	if method == "POST" {
		body = strings.Repeat("x", 1<<20)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL(port)+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Request-ID", "follow-me")
	req.Header.Set(timeoutHeader, "5000")
	req.Header.Set("Baggage", "a="+strings.Repeat("x", 8190))
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	timeout := []string{"5000"}
	if port == OrderPort {
		timeout = nil
	}
	return resp.StatusCode, string(text), fmt.Sprintf("%s %s follow-me %q %s", method, path, timeout, body)
}
