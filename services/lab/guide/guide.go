// Package guide presents the catalogue to people: a scenario's requests as shell commands ([Curl]), the request that shows
// best what a parameter does ([Example]), and the outcome of a scenario in a sentence ([Outcome]). Its tests write the
// generated tables under docs.
package guide

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"spanwise/internal/fault"
	"spanwise/lab/scenario"
	"spanwise/lab/story"
)

// Example returns the scenario or the step of a story that sets a parameter to another value than its default with the
// fewest other parameters. It reports whether there is one.
func Example(p fault.Info) (scenario.Scenario, bool) {
	examples := slices.DeleteFunc(slowRequests(), func(s scenario.Scenario) bool {
		query := queryOf(s.Slow)
		return !query.Has(p.Name) || p.Choice && query.Get(p.Name) == p.Values[0]
	})
	if len(examples) == 0 {
		return scenario.Scenario{}, false
	}
	return slices.MinFunc(examples, func(a, b scenario.Scenario) int {
		return cmp.Compare(parametersIn(a.Slow), parametersIn(b.Slow))
	}), true
}

// slowRequests lists the unhealthy scenarios and the steps of the stories.
func slowRequests() []scenario.Scenario {
	list := slices.DeleteFunc(scenario.All(), scenario.Scenario.Healthy)
	for _, s := range story.All {
		for _, step := range s.Steps {
			list = append(list, scenario.Scenario{ID: s.ID, Slow: step.Request, Products: s.Products})
		}
	}
	return list
}

func queryOf(r scenario.Request) url.Values {
	_, text, _ := strings.Cut(r.Path, "?")
	query, err := url.ParseQuery(text)
	if err != nil {
		return nil // the catalogue's own test reports it
	}
	return query
}

// parametersIn counts the parameters of a request that the services understand.
func parametersIn(r scenario.Request) (n int) {
	query := queryOf(r)
	for _, p := range fault.Parameters() {
		if query.Has(p.Name) {
			n++
		}
	}
	return n
}
