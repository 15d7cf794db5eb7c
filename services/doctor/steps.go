package doctor

import (
	"cmp"
	"slices"

	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
)

// steps sums the critical path up per operation and per edge, the largest first.
func steps(e *evidence.Exam) []finding.Step {
	type place struct{ service, operation, callee string }
	spent := map[place]int64{}
	var places []place
	for _, s := range e.OnPath {
		p := place{s.Service, s.Name, s.Callee()}
		if _, seen := spent[p]; !seen {
			places = append(places, p)
		}
		spent[p] += e.Self[s.Index]
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(spent[b], spent[a]) })
	result := make([]finding.Step, len(places))
	for i, p := range places {
		result[i] = finding.Step{Service: p.service, Operation: p.operation, EdgeTo: p.callee, SelfUS: spent[p], Share: e.Share(spent[p])}
	}
	return result
}
