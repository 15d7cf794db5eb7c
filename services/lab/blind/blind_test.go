package blind

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Parameters that the services understand are cut out; everything else is unchanged.
func TestText(t *testing.T) {
	tests := []struct{ in, want string }{
		{"fetch=each", ""},
		{"fetch=each&limit=20", "limit=20"},
		{"limit=20&latency=pricing%3A200ms&after=7", "limit=20&after=7"},
		{"/orders?limit=20&rows=each", "/orders?limit=20"},
		{"/orders/50?fetch=each", "/orders/50"},
		{"http://localhost:8080/orders/50?calls=serial#top", "http://localhost:8080/orders/50#top"},
		{"fetch=nonsense", ""},
		{"fetched=each", "fetched=each"},
		{"sku=sku-1&sku=sku-2", "sku=sku-1&sku=sku-2"},
		{"SELECT sku FROM stock WHERE page=?", "SELECT sku FROM stock WHERE page=?"},
		{"SELECT 1 /*fetch='each',traceparent='00-1-2-01'*/", "SELECT 1 /*traceparent='00-1-2-01'*/"},
		{"GET /orders/50?fetch=each", "GET /orders/50"},
		{"GET /orders/50?a=b&fetch=each&latency=pricing:5ms HTTP/1.1", "GET /orders/50?a=b HTTP/1.1"},
		{"call http://order/orders/50?fetch=each: timeout", "call http://order/orders/50: timeout"},
		{"asked with fetch=each, calls=serial.", "asked with  ."},
		{"asked with fetch=each,latency=pricing:5ms,order:1ms, and more", "asked with  and more"},
		{`{"customer":"ada","fetch":"each","rows":["each"]}`, `{"customer":"ada"}`},
		{"next=%2Forders%2F50%3Ffetch%3Deach%26limit%3D5", "next=%2Forders%2F50%3Flimit%3D5"},
		{"next=%2Forders%2F50%3Ffetch%3Deach", "next=%2Forders%2F50"},
		{"LATENCY=pricing:5ms", ""},
		{"prefetch=each&x-rows=each", "prefetch=each&x-rows=each"},
		{"GET /orders/{id}", "GET /orders/{id}"},
		{"%zz=1", "%zz=1"},
		{"spanwise.mail=sent", ""},
		{"user=7,spanwise.latency=order.db%3A20ms,spanwise.mail=sent", "user=7"},
		{"spanwise.latency=order.db%3A20ms, user=7", "user=7"},
		{"INSERT INTO mails VALUES (\"spanwise.mail=sent\")", "INSERT INTO mails VALUES (\"\")"},
	}
	for _, tt := range tests {
		if got := text(tt.in); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

// For any text, cutting ends and leaves nothing more to cut.
func FuzzText(f *testing.F) {
	for _, s := range []string{"/orders/50?fetch=each&a=b", "next=%2Forders%3Ffetch%3Deach%26limit%3D5", "a /*rows='each',b='c'*/", `{"fetch":["each"]}`,
		"spanwise.mail=sent, user=7", "fetch=each,fetch=each&fetch=each", "page=?", "fetch=fetch=each", "%26rows=each%26"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := text(s)
		if again := text(once); again != once {
			t.Errorf("%q: got %q, and %q when cut again", s, once, again)
		}
	})
}

// A truncated answer is an error, because what a reader could use of it would give the scenario away.
func TestTransportCutOff(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"a":"fetch=each"},{`) }))
	defer server.Close()
	client := &http.Client{Transport: Transport(server.Client().Transport)}
	if resp, err := client.Get(server.URL); err == nil {
		resp.Body.Close()
		t.Error("got an answer, want an error")
	}
}

// Attributes that repeat baggage are dropped, numbers keep all their digits, and answers that are not JSON are unchanged.
func TestTransport(t *testing.T) {
	const (
		before = `{"tags":[{"key":"baggage.spanwise.rows","value":"each"},{"key":"http.request.query.rows","value":{"stringValue":"each"}},` +
			`{"key":"query.page","value":{"arrayValue":{"values":[{"stringValue":"all"}]}}},{"key":"page","value":"3"},{"key":"url.query","value":"fail=pricing:503&q=a"}],"time":1763654400000000123,"spanwise.fetch":"each"}`
		after  = `{"tags":[{"key":"page","value":"3"},{"key":"url.query","value":"q=a"}],"time":1763654400000000123}`
		other  = "<html>not found</html>"
		stream = "{\"result\":\"rows=each\"}\n{\"result\":\"calls=serial\"}"
		blank  = "{\"result\":\"\"}\n{\"result\":\"\"}"
	)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, map[string]string{"/traces": before, "/stream": stream, "/other": other}[r.URL.Path])
	}))
	defer server.Close()
	client := &http.Client{Transport: Transport(server.Client().Transport)}
	for path, want := range map[string]string{"/traces": after, "/stream": blank, "/other": other} {
		resp, err := client.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v, want %s", path, got, err, want)
		}
	}
}
