// Package guide writes down for people what the catalogue and the services' parameters hold: as commands to paste
// ([Curl]), and as the README's tables ([Catalogue], [Parameters]). The lab's page uses it too.
package guide

import (
	"net/url"
	"slices"
	"strings"

	"spanwise/internal/fault"
	"spanwise/lab/scenario"
	"spanwise/lab/story"
)

// Example returns the simplest request of the catalogue, or of a story, that gives a parameter another value than its
// default, so that a person can see what it does. It reports whether there is one.
func Example(p fault.Info) (scenario.Scenario, bool) {
	var best scenario.Scenario
	for _, s := range asked() {
		query := given(s.Slow)
		if !query.Has(p.Name) || p.Choice && query.Get(p.Name) == p.Values[0] {
			continue
		}
		if best.ID == "" || weight(query) < weight(given(best.Slow)) {
			best = s
		}
	}
	return best, best.ID != ""
}

// asked are all requests that are slow on purpose.
func asked() []scenario.Scenario {
	list := slices.DeleteFunc(scenario.All(), scenario.Scenario.Healthy)
	for _, s := range story.All() {
		for _, step := range s.Steps {
			list = append(list, scenario.Scenario{ID: s.ID, Slow: step.Request, Products: s.Products})
		}
	}
	return list
}

// given is a request's query.
func given(r scenario.Request) url.Values {
	_, text, _ := strings.Cut(r.Path, "?")
	query, err := url.ParseQuery(text)
	if err != nil {
		return nil // the catalogue's own test says so
	}
	return query
}

// weight is how many parameters that the services understand are in a query.
func weight(query url.Values) (n int) {
	for _, p := range fault.Parameters() {
		if query.Has(p.Name) {
			n++
		}
	}
	return n
}
