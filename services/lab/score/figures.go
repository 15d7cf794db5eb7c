package score

import (
	"cmp"
	"slices"

	"spanwise/doctor"
)

const nothing = "nothing"

func named(k doctor.Kind) string { return cmp.Or(string(k), nothing) }

func tally(is bool) int {
	if is {
		return 1
	}
	return 0
}

func mostOften(n map[string]int) (best string) {
	for name := range n {
		if best == "" || n[name] > n[best] || n[name] == n[best] && name < best {
			best = name
		}
	}
	return best
}

func median[T ~int64 | float64](list []T) T {
	slices.Sort(list)
	n := len(list)
	if n%2 == 0 {
		return (list[n/2-1] + list[n/2]) / 2
	}
	return list[n/2]
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 1 // nothing was asked, so nothing was missed
	}
	return a / b
}
