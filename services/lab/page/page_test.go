package page

import (
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/report"
	"spanwise/doctor/trace"
	"spanwise/internal/fault"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
	"spanwise/lab/story"
)

// The pages show every scenario of the catalogue with its story and commands, and every parameter of the services.
func TestPages(t *testing.T) {
	nowhere := "http://127.0.0.1:1"
	h := New(Site{Shop: play.New(nowhere, nowhere, nowhere), Jaeger: nowhere,
		Shown: map[string]string{"order": "http://localhost:9080", "pricing": "http://localhost:9082"}})
	get := func(path string) (int, string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
		return w.Code, html.UnescapeString(w.Body.String())
	}
	_, home := get("/")
	_, form := get("/requests")
	for _, p := range fault.Parameters() {
		if !strings.Contains(form, p.Does) {
			t.Errorf("got no description of %s on the page of custom requests", p.Name)
		}
	}
	for _, l := range story.Lessons {
		if !strings.Contains(home, l.Title) || !strings.Contains(home, l.Command) {
			t.Errorf("%s: got no title and command on the first page", l.ID)
		}
	}
	for _, s := range scenario.All() {
		code, text := get("/scenarios/" + s.ID)
		for _, want := range []string{s.Title, s.Story, s.Hint, s.Slow.Path, s.Fixed.Path, "curl"} {
			if code != http.StatusOK || !strings.Contains(text, want) {
				t.Errorf("%s: got %d and no %q in\n%s", s.ID, code, want, text)
			}
		}
		if !strings.Contains(home, `href="/scenarios/`+s.ID+`"`) {
			t.Errorf("%s: got no link to it", s.ID)
		}
	}
	if _, text := get("/scenarios/n-plus-one-http"); !strings.Contains(text, `href="http://localhost:9080/orders/50?fetch=each"`) {
		t.Errorf("got no link to the slow request in\n%s", text)
	}
	for path, want := range map[string]int{"/livez": 204, "/readyz": 204, "/nothing": 404, "/scenarios/nothing": 404, "/results/1": 404,
		"/results/x": 404, "/files/page.css": 200, "/files/page.js": 200, "/files/home.html": 404, "/files/nothing": 404} {
		if code, _ := get(path); code != want {
			t.Errorf("%s: got %d, want %d", path, code, want)
		}
	}
}

// No page has an inline script or style, which the policy forbids. What the first view loads stays below 150 kB.
func TestStrict(t *testing.T) {
	t.Parallel()
	server := started(t)
	_, result := visit(t, http.MethodPost, server.URL+"/requests", "service=order&path=/orders/20?fetch=each")
	inline := regexp.MustCompile(`<style|\sstyle=|\son[a-z]+="|<script(?: [^>]*)?>[^<]`)
	pages := []string{result}
	for _, path := range []string{"/", "/scenarios/missing-index", "/requests", "/explain/", "/explain/n-plus-one", "/nothing"} {
		_, text := visit(t, http.MethodGet, server.URL+path, "")
		pages = append(pages, text)
	}
	for _, text := range pages {
		if found := inline.FindString(text); found != "" {
			t.Errorf("got %q in\n%s", found, text)
		}
	}
	size := 0
	for _, path := range []string{"/", "/files/page.css", "/files/page.js", "/files/icon.svg", "/files/waiting.js"} {
		_, text := visit(t, http.MethodGet, server.URL+path, "")
		size += len(text)
	}
	if t.Logf("the first view is %d bytes", size); size >= 150_000 {
		t.Errorf("got a first view of %d bytes", size)
	}
}

// The result of a scenario shows both traces and the diagnosis, and can be loaded again. No browser may run at the same time: it would
// slow the runs down, and not all alike.
func TestCompare(t *testing.T) {
	server := started(t)
	code, text := visit(t, http.MethodPost, server.URL+"/scenarios/serial-calls", "")
	text = html.UnescapeString(text)
	for _, want := range []string{"1. serial-calls in order: GET /orders/{id}", "In 5 of 5 runs serial-calls was the first finding",
		`id="finding-0-1"`, "GET /orders/10?calls=parallel", ".bin/doctor -jaeger "} {
		if code != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("got %d and no %q in\n%s", code, want, text)
		}
	}
	if got := strings.Count(text, `class="waterfall"`); got != 2 {
		t.Errorf("got %d waterfalls, want 2", got)
	}
	if code, again := visit(t, http.MethodGet, server.URL+"/results/1", ""); code != http.StatusOK || html.UnescapeString(again) != text {
		t.Errorf("again: got %d and a different page", code)
	}
}

// A custom request is answered with its trace, even if the service refused it.
func TestTry(t *testing.T) {
	t.Parallel()
	server := started(t)
	for _, test := range []struct{ service, path, want string }{
		{"order", "/orders/50?fetch=each", "n-plus-one in order: GET /orders/{id} → pricing"},
		{"pricing", "/prices/sku-1", `"sku": "sku-1"`},
		{"order", "/orders/50?fetch=nonsense", "choose one of batch, parallel, each"},
		{"order", "//evil.example/", "404"},
		{"order", "https://evil.example/", "the path must begin with /"},
		{"order", "", "the path must begin with /"},
		{"jaeger", "/", `service "jaeger" is not one of order, inventory, pricing`},
		{"order", "/%zz", "parse the path"},
		{"order", "/livez", "names no trace"},
	} {
		form := url.Values{"service": {test.service}, "path": {test.path}}
		if _, text := visit(t, http.MethodPost, server.URL+"/requests", form.Encode()); !strings.Contains(html.UnescapeString(text), test.want) {
			t.Errorf("%s %s: got no %q in\n%s", test.service, test.path, test.want, text)
		}
	}
}

// A custom request that was not sampled is answered at once, with the reason.
func TestTryNotSampled(t *testing.T) {
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Traceresponse", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
	}))
	t.Cleanup(shop.Close)
	page := httptest.NewServer(New(Site{Shop: play.New(shop.URL, shop.URL, shop.URL), Shown: map[string]string{}}))
	t.Cleanup(page.Close)
	form := url.Values{"service": {"order"}, "path": {"/orders/50"}}
	code, text := visit(t, http.MethodPost, page.URL+"/requests", form.Encode())
	if want := "the answer is 200 OK, but this request was not sampled"; code != http.StatusNotFound || !strings.Contains(text, want) {
		t.Errorf("got %d and no %q in\n%s", code, want, text)
	}
}

// A custom request goes to one of the services, whatever its path is.
func TestAddress(t *testing.T) {
	s := server{Site: Site{Shop: play.New("http://order:8080", "http://inventory:8081", "http://pricing:8082")}}
	for _, path := range []string{"/", "//evil.example/x", "/@evil.example", "/\\evil.example", "/..//evil", "/a?b#c", "/:80/", "/http://evil.example"} {
		address, err := s.address("pricing", path)
		if err != nil {
			continue // refused
		}
		if u, err := url.Parse(address); err != nil || u.Host != "pricing:8082" || u.Scheme != "http" || u.User != nil {
			t.Errorf("%s: got %s, want an address of pricing", path, address)
		}
	}
}

// If Jaeger has web pages, each side links to its own, and both to Jaeger's comparison. Each side shows the doctor's command.
func TestLinks(t *testing.T) {
	of := func(id string) report.Case { return report.Case{Trace: &trace.Trace{ID: id}} }
	for text, pages := range map[string]bool{`<script src="index.js"></script>`: true, "not the UI you are looking for": false} {
		traces := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, text) }))
		t.Cleanup(traces.Close)
		s := server{Site: Site{Jaeger: traces.URL, Shown: map[string]string{"jaeger": "http://localhost:16686"}}}
		s.keep(httptest.NewRequest(http.MethodGet, "/", nil), outcome{Sides: []side{{Case: of("a1")}, {Case: of("b2")}}})
		got, _ := s.results.get(1)
		var links []string
		for _, side := range got.Sides {
			links = append(links, side.Doctor, side.Link)
		}
		want := []string{".bin/doctor -jaeger http://localhost:16686 a1", "", ".bin/doctor -jaeger http://localhost:16686 b2", "", ""}
		if pages {
			want[1], want[3] = "http://localhost:16686/trace/a1", "http://localhost:16686/trace/b2"
			want[4] = "http://localhost:16686/trace/a1...b2"
		}
		if diff := cmp.Diff(want, append(links, got.Compare)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// Only the latest results are stored.
func TestResultsAreFew(t *testing.T) {
	var r results
	for range maxResults + 5 {
		r.add(outcome{})
	}
	if _, ok := r.get(5); ok || len(r.last) != maxResults {
		t.Errorf("got %d results, the fifth of them: %v, want the last %d", len(r.last), ok, maxResults)
	}
	if o, ok := r.get(maxResults + 5); !ok || o.N != maxResults+5 {
		t.Errorf("got %+v, want the latest one", o)
	}
}
