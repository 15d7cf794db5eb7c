package native

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A fakeOpenSearch answers as OpenSearch does while it stores nothing, and keeps what it was asked to store.
type fakeOpenSearch struct {
	refuse bool // every document, as if it did not fit the mapping

	mu        sync.Mutex
	passwords map[string]bool   // user:password of all requests
	templates map[string]string // by name
	spans     []action
}

// An action is the line before each document of a bulk request: which index, and under which id.
type action struct {
	Index struct {
		Name string `json:"_index"`
		ID   string `json:"_id"`
	} `json:"index"`
}

func startOpenSearch(t *testing.T, refuse bool) (*fakeOpenSearch, string) {
	t.Helper()
	f := &fakeOpenSearch{refuse: refuse, passwords: map[string]bool{}, templates: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"version": {"number": "3.2.0"}, "tagline": "The OpenSearch Project: https://opensearch.org/"}`)
	})
	mux.HandleFunc("PUT /_template/{name}", func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(body(r))
		f.templates[r.PathValue("name")] = string(text)
		io.WriteString(w, `{"acknowledged": true}`)
	})
	mux.HandleFunc("POST /_bulk", f.bulk)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		user, password, _ := r.BasicAuth()
		f.passwords[user+":"+password] = true
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return f, server.URL
}

func body(r *http.Request) io.Reader {
	if r.Header.Get("Content-Encoding") != "gzip" {
		return r.Body
	}
	unpacked, err := gzip.NewReader(r.Body)
	if err != nil {
		return strings.NewReader(err.Error())
	}
	return unpacked
}

func (f *fakeOpenSearch) bulk(w http.ResponseWriter, r *http.Request) {
	var answers []string
	lines := bufio.NewScanner(body(r))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var a action
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		lines.Scan() // the document
		if strings.HasPrefix(a.Index.Name, "jaeger-span-") {
			f.spans = append(f.spans, a)
		}
		answer := `{"index": {"status": 201}}`
		if f.refuse {
			answer = `{"index": {"status": 400, "error": {"type": "mapper_parsing_exception"}}}`
		}
		answers = append(answers, answer)
	}
	fmt.Fprintf(w, `{"errors": %t, "items": [%s]}`, f.refuse, strings.Join(answers, ","))
}

func (f *fakeOpenSearch) written() []action {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.spans
}

// Jaeger configures OpenSearch as its settings say, and writes a span that it gets twice as two documents without an id of ours,
// so OpenSearch keeps both.
func TestOpenSearchTwice(t *testing.T) {
	store, url := startOpenSearch(t, false)
	s := startJaeger(t, "JAEGER_STORAGE=opensearch", "JAEGER_STORE_ADDRESS="+url, "JAEGER_STORE_USER=jaeger", "JAEGER_STORE_PASSWORD=secret",
		"JAEGER_STORE_SHARDS=7", "JAEGER_STORE_REPLICAS=2")
	for range 2 {
		s.export(t, "a", "ot=th:0")
	}
	eventually(t, "two documents", func() bool { return len(store.written()) == 2 })
	for _, a := range store.written() {
		if a.Index.Name != "jaeger-span-"+begin.Format("2006-01-02") || a.Index.ID != "" {
			t.Errorf("got %+v, want the index of the day on which the span started, and no id", a.Index)
		}
	}
	store.mu.Lock()
	defer store.mu.Unlock()
	template := store.templates["jaeger-span"]
	for _, want := range []string{`"index.number_of_shards": 7`, `"index.number_of_replicas": 2`} {
		if !strings.Contains(template, want) {
			t.Errorf("got the template %s\nwant %s in it", template, want)
		}
	}
	if !store.passwords["jaeger:secret"] {
		t.Errorf("got the passwords %v, want that of the settings", store.passwords)
	}
}

// Jaeger reports success for a span that OpenSearch refuses: it answers before it writes. So neither the Collector's queue nor
// Kafka keeps what is lost after this. docs/stores.md says what follows.
func TestOpenSearchRefuses(t *testing.T) {
	store, url := startOpenSearch(t, true)
	s := startJaeger(t, "JAEGER_STORAGE=opensearch", "JAEGER_STORE_ADDRESS="+url)
	s.export(t, "a", "ot=th:0")
	eventually(t, "a refused document", func() bool { return len(store.written()) == 1 })
}

// The policy that deletes old indices is for every index that Jaeger writes, and waits a day longer than Jaeger looks back.
func TestOpenSearchPolicy(t *testing.T) {
	var file struct {
		Policy struct {
			States []struct {
				Transitions []struct {
					Conditions struct {
						Age string `json:"min_index_age"`
					}
				}
			}
			Template []struct {
				Patterns []string `json:"index_patterns"`
			} `json:"ism_template"`
		}
	}
	text, err := os.ReadFile(filepath.Join(sourceTree(t), "deploy", "opensearch-policy.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(sourceTree(t), "deploy", "jaeger-opensearch.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var days int
	if _, err := fmt.Sscanf(file.Policy.States[0].Transitions[0].Conditions.Age, "%dd", &days); err != nil {
		t.Fatal(err)
	}
	if ttl := fmt.Sprintf("JAEGER_STORE_TTL:-%dh}", 24*(days-1)); !strings.Contains(string(config), ttl) {
		t.Errorf("the policy deletes after %d days; want %s in jaeger-opensearch.yaml", days, ttl)
	}
	for _, index := range []string{"span", "service", "dependencies", "sampling"} {
		name := "jaeger-" + index + "-2026-11-30"
		matches := func(pattern string) bool { ok, _ := path.Match(pattern, name); return ok }
		if !slices.ContainsFunc(file.Policy.Template[0].Patterns, matches) {
			t.Errorf("the policy is not for %s", name)
		}
	}
}
