package page

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/lab/jaeger"
	"spanwise/lab/scenario"
	"spanwise/lab/scenario/scenariotest"
	"spanwise/order/shoptest"
)

// Every scenario is in exactly one group, none of them in the last, which is for those that nobody sorted in.
func TestGroups(t *testing.T) {
	in := map[string]string{}
	for _, g := range catalogue("") {
		for _, e := range g.Entries {
			if in[e.ID] != "" {
				t.Errorf("%s is in %s and in %s", e.ID, in[e.ID], g.Name)
			}
			if in[e.ID] = g.Name; g.Name == "More" {
				t.Errorf("%s has no group: add its kind to one", e.ID)
			}
		}
	}
	if len(in) != len(scenario.All()) {
		t.Errorf("got %d scenarios, want %d", len(in), len(scenario.All()))
	}
}

// A query hides what lacks one of its words.
func TestQuery(t *testing.T) {
	for query, want := range map[string]string{
		"thousand TEN": "chatty-paging", "retries failures storm": "retry-storm", "no such thing": "", "network new": "cold-connect",
	} {
		var found []string
		for _, g := range catalogue(query) {
			for _, e := range g.Entries {
				if !e.Hidden {
					found = append(found, e.ID)
				}
			}
		}
		if got := strings.Join(found, " "); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
}

// news reads what the page's script gets for a form.
func newsOf(t *testing.T, h http.Handler, path string, form url.Values) (all []news) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://localhost"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", streamed)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	for lines := json.NewDecoder(w.Body); lines.More(); {
		var n news
		if err := lines.Decode(&n); err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}

// A scenario that needs a big catalogue is not played on a small one; its page offers to make the products, and no others than a
// scenario needs.
func TestGrow(t *testing.T) {
	t.Parallel()
	shop := shoptest.Start(t, nil, true)
	traces := scenariotest.Jaeger(t, shop).URL
	made := 0
	h := New(Site{Shop: scenariotest.Client(shop), Traces: jaeger.New(traces, http.DefaultTransport), Jaeger: traces,
		Grow: func(_ context.Context, products int, progress func(int)) error {
			progress(products / 2)
			made = products
			return nil
		}})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/scenarios/missing-index", nil))
	if text := w.Body.String(); !strings.Contains(text, "Make 1,000,000 products") || strings.Contains(text, "Send both") {
		t.Errorf("got no offer to make products, or a button that fails, in\n%s", text)
	}
	all := newsOf(t, h, "/scenarios/missing-index", nil)
	if last := all[len(all)-1]; !strings.Contains(last.Error, "catalogue of 1000000 products") {
		t.Errorf("got %+v, want that the catalogue is too small", all)
	}
	all = newsOf(t, h, "/catalogue", url.Values{"scenario": {"missing-index"}})
	want := []news{{Text: "500000 of 1000000 products", Done: 500000, Of: 1000000}, {To: "/scenarios/missing-index"}}
	if diff := cmp.Diff(want, all); diff != "" || made != 1000000 {
		t.Errorf("made %d products (-want +got):\n%s", made, diff)
	}
	made = 0
	for _, id := range []string{"", "n-plus-one-http", "nothing"} {
		if all := newsOf(t, h, "/catalogue", url.Values{"scenario": {id}, "products": {"99"}}); len(all) != 1 || all[0].Error == "" || made != 0 {
			t.Errorf("%q: got %+v", id, all)
		}
	}
}
