package doctor

import (
	"cmp"
	"slices"

	"spanwise/doctor/path"
)

// steps sums the critical path up per operation and per edge, the largest first.
func steps(segments []path.Segment, total int64) []Step {
	type place struct{ service, operation, callee string }
	spent := map[place]int64{}
	var places []place
	for _, s := range segments {
		p := place{s.Span.Service, s.Span.Name, s.Callee}
		if _, seen := spent[p]; !seen {
			places = append(places, p)
		}
		spent[p] += s.Duration()
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(spent[b], spent[a]) })
	result := make([]Step, len(places))
	for i, p := range places {
		result[i] = Step{p.service, p.operation, p.callee, spent[p], share(spent[p], total)}
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
