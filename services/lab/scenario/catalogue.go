package scenario

import (
	"fmt"
	"slices"
	"strings"
)

// catalogue lists all scenarios, in the order in which they are shown.
var catalogue = slices.Concat([]Scenario{
	nPlusOneHTTP, nPlusOneFarAway, nPlusOneParallel, nPlusOneSQL, nPlusOneList,
	serialCalls, repeatedCalls,
	slowDependency, edgeWait, callerStarved, coldConnect,
	retryStorm, callerGaveUp,
	missingIndex, poolOfOne, lockAroundAQuery,
	cacheStampede, cacheThatCosts,
	slowSelf, darkTime,
	brokenPropagation, clockSkew,
	chattyPaging, overFetch,
	maskedError, workAfterTheAnswer,
}, nearMisses, healthyRequests)

// million is the size of a catalogue of products that is big enough to make a careless query slow.
const million = 1_000_000

// All lists the scenarios in the order in which they are shown.
func All() []Scenario { return slices.Clone(catalogue) }

// Find returns the scenario with that id, or an error that suggests similar ones.
func Find(id string) (Scenario, error) {
	var similar []string
	for _, s := range catalogue {
		if s.ID == id {
			return s, nil
		}
		if id != "" && strings.Contains(s.ID, id) {
			similar = append(similar, s.ID)
		}
	}
	if len(similar) > 0 {
		return Scenario{}, fmt.Errorf("no scenario %q; did you mean %s?", id, strings.Join(similar, ", "))
	}
	return Scenario{}, fmt.Errorf("no scenario %q (lab run -list shows them all)", id)
}

// Split separates the scenarios that work with any catalogue of products from those that need a big one, and returns the
// size that these need. Play the former first, because a big catalogue slows everything else down.
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
