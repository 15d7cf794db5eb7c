package story

import (
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"spanwise/internal/fault"
	"spanwise/lab/scenario/scenariotest"
	"spanwise/order/shoptest"
)

// Every step has a title and its own request, which the services understand.
func TestSteps(t *testing.T) {
	for _, s := range All {
		asked := map[string]bool{}
		for _, step := range s.Steps {
			if step.Title == "" || asked[step.Request.Path] {
				t.Errorf("%s, %q: got no title, or the request of another step", s.ID, step.Title)
			}
			asked[step.Request.Path] = true
			_, query, _ := strings.Cut(step.Request.Path, "?")
			values, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := fault.Parse(values); err != nil {
				t.Errorf("%s, %q: %v", s.ID, step.Title, err)
			}
		}
	}
	for _, l := range Lessons {
		if _, err := Find(l.ID); (err == nil) == (l.ID == Sampling) || !strings.Contains(l.Command, " story "+l.ID+" ") {
			t.Errorf("%s: got %v and the command %s, want a story and its command", l.ID, err, l.Command)
		}
	}
	if _, err := Find("million"); err == nil || !strings.Contains(err.Error(), "million-rows") {
		t.Errorf("got %v, want an error that names million-rows", err)
	}
}

// The error about a catalogue that is too small says how to make a larger one.
func TestCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shop := scenariotest.Client(shoptest.Start(t, nil, true))
		s := Story{Products: 1000}
		if err := s.Check(t.Context(), shop); err != nil {
			t.Errorf("1,000 products: %v", err)
		}
		s.Products = 1001
		if err := s.Check(t.Context(), shop); err == nil || !strings.Contains(err.Error(), "lab seed -products 1001") {
			t.Errorf("1,001 products: got %v, want an error that says how to make them", err)
		}
	})
}
