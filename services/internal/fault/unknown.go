package fault

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"spanwise/internal/problem"
)

// checkNames returns a problem if a query has a parameter that is neither one of this package nor one of the service's own:
// a misspelt one would leave the request as fast as ever without a word. It doesn't parse the query, which may be long.
func checkNames(query string, own []string) error {
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if strings.ContainsAny(name, "%+") {
			name, _ = url.QueryUnescape(name) // rest refuses what cannot be unescaped
		}
		if name == "" || slices.Contains(own, name) || slices.ContainsFunc(parameters, func(p parameter) bool { return p.info().Name == name }) {
			continue
		}
		return problem.Invalid("%.80s: there is no such parameter (%s)", name, suggest(name, own))
	}
	return nil
}

// suggest returns what may have been meant by a name.
func suggest(name string, own []string) string {
	known := slices.Clone(own)
	for _, p := range parameters {
		known = append(known, p.info().Name)
	}
	nearest := slices.MinFunc(known, func(a, b string) int { return distance(name, a) - distance(name, b) })
	if d := distance(name, nearest); d <= len(nearest)/2 && d < len(name) {
		return fmt.Sprintf("did you mean %s?", nearest)
	}
	return "choose from " + strings.Join(known, ", ")
}

// distance is how many letters must be changed, added, removed, or swapped with the next one to make b of a, in any case:
// https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance#Optimal_string_alignment_distance
func distance(a, b string) int {
	a, b = strings.ToLower(a[:min(len(a), 80)]), strings.ToLower(b)
	var before []int
	row := make([]int, len(b)+1) // the distances of what precedes a[i] to all beginnings of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			change := row[j]
			if a[i] != b[j] {
				change++
			}
			next[j+1] = min(change, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
