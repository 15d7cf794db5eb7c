package evidence

import (
	"cmp"
	"math"
	"slices"

	"spanwise/doctor/trace"
)

// Statistics of a few durations, and the tolerances with which times are compared.

// Median is the middle value, the lower of two, or 0 for an empty list.
func Median[T cmp.Ordered](list []T) T { return quantile(list, 0.5) }

// quantile is the value below which the given part of the list lies; 0 for an empty list.
func quantile[T cmp.Ordered](list []T, q float64) (value T) {
	if len(list) == 0 {
		return value
	}
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	return sorted[int(q*float64(len(sorted)-1))]
}

// Durations are the durations of the spans.
func Durations(spans []*trace.Span) []trace.Micros {
	return each(spans, func(s *trace.Span) trace.Micros { return s.Duration })
}

// each applies f to each element of a list.
func each[T, V any](list []T, f func(T) V) []V {
	values := make([]V, len(list))
	for i, v := range list {
		values[i] = f(v)
	}
	return values
}

// double makes room for as many elements again in a full list. Append makes long lists only a quarter longer, so that it copies more, and
// leaves more garbage.
func double[T any](list []T) []T {
	if len(list) < cap(list) {
		return list
	}
	return slices.Grow(list, len(list)+1)
}

// grouped divides a list by key, in order of each group's first element.
func grouped[T any, K comparable](list []T, key func(T) K) (groups [][]T) {
	index := map[K]int{}
	for _, v := range list {
		i, known := index[key(v)]
		if !known {
			i = len(groups)
			index[key(v)], groups = i, append(groups, nil)
		}
		groups[i] = append(double(groups[i]), v)
	}
	return groups
}

// Sum adds up a list.
func Sum(list []trace.Micros) (total trace.Micros) {
	for _, v := range list {
		total += v
	}
	return total
}

// variation is the coefficient of variation: the standard deviation divided by the mean.
func variation(list []trace.Micros) float64 {
	if len(list) == 0 {
		return 0
	}
	mean := float64(Sum(list)) / float64(len(list))
	if mean == 0 {
		return 0
	}
	var squares float64
	for _, v := range list {
		d := float64(v) - mean
		squares += d * d
	}
	return math.Sqrt(squares/float64(len(list))) / mean
}

// Overlap is how far two spans may overlap, and still count as sequential: clocks are rounded.
const Overlap = 50

// Growing reports pauses that back off: none is tiny, and those of the second half are longer than those of the
// first. With jitter, each pause need not be longer than the one before it.
func Growing(pauses []trace.Micros) bool {
	half := len(pauses) / 2
	first, second := Sum(pauses[:half]), Sum(pauses[len(pauses)-half:])
	return second*10 >= first*12 && !slices.ContainsFunc(pauses, func(p trace.Micros) bool { return p < trace.Millisecond })
}

// share is part divided by total; 0 if the total is 0.
func share(part, total trace.Micros) float64 {
	if total <= 0 {
		return 0
	}
	return float64(part) / float64(total)
}
