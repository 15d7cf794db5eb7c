package doctor

import (
	"cmp"
	"slices"
)

// steps sums the critical path up per operation and per edge, the largest first.
func (e *exam) steps() []Step {
	type place struct{ service, operation, callee string }
	spent := map[place]int64{}
	var places []place
	for _, s := range e.spent {
		p := place{s.Service, s.Name, s.Callee()}
		if _, seen := spent[p]; !seen {
			places = append(places, p)
		}
		spent[p] += e.own[s.Index]
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(spent[b], spent[a]) })
	result := make([]Step, len(places))
	for i, p := range places {
		result[i] = Step{p.service, p.operation, p.callee, spent[p], e.share(spent[p])}
	}
	return result
}

// share is part of total, 0 if there is no total.
func share(part, total int64) float64 {
	if total <= 0 {
		return 0
	}
	return float64(part) / float64(total)
}
