package score

import (
	"maps"
	"slices"

	"spanwise/doctor/trace"
)

// mostFrequent returns the name with the highest count, of several the first in the alphabet.
func mostFrequent(counts map[string]int) string {
	return slices.MaxFunc(slices.Sorted(maps.Keys(counts)), func(a, b string) int { return counts[a] - counts[b] })
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 1 // nothing was expected, so nothing was missed
	}
	return a / b
}

// relativeError is how far a prediction is from the measured value, as a share of that; 1 if that is not positive.
func relativeError(predicted, measured trace.Micros) float64 {
	if measured <= 0 {
		return 1
	}
	return float64(max(predicted-measured, measured-predicted)) / float64(measured)
}

// number is 1 for true and 0 for false.
func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
