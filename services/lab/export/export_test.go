package export

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/lab/scenario"
)

// Every variant has a file of its own, and a label that names what is to be found and where; twice the same.
func TestLabels(t *testing.T) {
	files := map[string]bool{Manifest: true}
	for _, s := range scenario.All() {
		for _, v := range s.Variants() {
			l := label(s, v)
			if files[l.File] {
				t.Errorf("%s: got the file %s a second time", s.ID, l.File)
			}
			files[l.File] = true
			if (l.Expected == "nothing") != (len(l.Places) == 0) {
				t.Errorf("%s, %s: got %s in %v, want a place for whatever is to be found", s.ID, v.Name, l.Expected, l.Places)
			}
			if diff := cmp.Diff(l, label(s, v)); diff != "" {
				t.Errorf("%s, %s: labels differ (-first +second):\n%s", s.ID, v.Name, diff)
			}
		}
	}
}

// Programs find lists where there are none, and names they can rely on.
func TestLabelJSON(t *testing.T) {
	s, err := scenario.Find("healthy-order")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(label(s, s.Variants()[0]))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"file":"healthy-order.healthy.json","scenario":"healthy-order","variant":"healthy",` +
		`"title":"Nothing is wrong: an order is read","request":"GET /orders/10","service":"order","traces":0,` +
		`"expected":"nothing","mention":false,"places":[],"saving_basis":"none","also_true":[]}`
	if diff := cmp.Diff(strings.Split(want, ","), strings.Split(string(text), ",")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
