package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// catalogue is filled by the files of the scenarios.
var catalogue []Scenario

// add puts a scenario into the catalogue. Its result is only there to be called where a variable is declared.
func add(s Scenario) struct{} {
	catalogue = append(catalogue, s)
	return struct{}{}
}

// All lists the scenarios in the catalogue's order.
func All() []Scenario {
	all := slices.Clone(catalogue)
	slices.SortFunc(all, func(a, b Scenario) int { return cmp.Compare(a.Number, b.Number) })
	return all
}

// Find returns the scenario of that id, or an error that names those like it.
func Find(id string) (Scenario, error) {
	var like []string
	for _, s := range All() {
		if s.ID == id {
			return s, nil
		}
		if id != "" && strings.Contains(s.ID, id) {
			like = append(like, s.ID)
		}
	}
	if len(like) > 0 {
		return Scenario{}, fmt.Errorf("no scenario %q; did you mean %s?", id, strings.Join(like, ", "))
	}
	return Scenario{}, fmt.Errorf("no scenario %q (lab run -list shows them all)", id)
}

// Split parts the scenarios that any catalogue of products will do for from those that need a big one, and says how
// big. The former are to be played first: what is big makes everything else slow too.
func Split(scenarios []Scenario) (small, big []Scenario, products int) {
	for _, s := range scenarios {
		products = max(products, s.Products)
		if s.Products > 0 {
			big = append(big, s)
		} else {
			small = append(small, s)
		}
	}
	return small, big, products
}
