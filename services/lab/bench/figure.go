package bench

import (
	"fmt"
	"math"
	"slices"
)

// A Figure is one measurement, with its target.
type Figure struct {
	Name   string  `json:"name"`
	Column string  `json:"column,omitempty"` // of the table of those that are compared; empty for what stands alone
	Value  float64 `json:"value"`            // the median of N measurements
	Low    float64 `json:"low"`              // the lowest of them
	High   float64 `json:"high"`
	N      int     `json:"n"` // 0 if it was not measured
	Unit   string  `json:"unit"`
	Note   string  `json:"note,omitempty"`   // what else was seen
	Target string  `json:"target,omitempty"` // for people; empty if there is none
	Met    *bool   `json:"met,omitempty"`    // nil without a target
}

// Figures are the measurements of a part.
type Figures []Figure

// figure returns the median of what was measured, which must be at least one value.
func figure(name, unit string, values ...float64) Figure {
	return Figure{Name: name, Unit: unit, Value: Median(values), Low: slices.Min(values), High: slices.Max(values), N: len(values)}
}

// unmeasured is a figure that could not be measured, and why.
func unmeasured(name string, why error) Figure {
	return Figure{Name: name, Note: why.Error()}
}

// atMost sets a target with an upper bound.
func (f Figure) atMost(bound float64) Figure {
	f.Target, f.Met = fmt.Sprintf("≤ %s", amount(bound, f.Unit)), new(f.Value <= bound)
	return f
}

// atLeast sets a target with a lower bound.
func (f Figure) atLeast(bound float64) Figure {
	f.Target, f.Met = fmt.Sprintf("≥ %s", amount(bound, f.Unit)), new(f.Value >= bound)
	return f
}

// missed reports whether the figure has a target and misses it.
func (f Figure) missed() bool { return f.Met != nil && !*f.Met }

// in puts the figure into a column of a table.
func (f Figure) in(column string) Figure {
	f.Column = column
	return f
}

// noting adds a note.
func (f Figure) noting(format string, args ...any) Figure {
	f.Note = fmt.Sprintf(format, args...)
	return f
}

// Median returns the middle of the values, or the mean of the two in the middle.
func Median[T ~int64 | ~float64](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// quantile returns the value that a fraction q of the values does not exceed, by the nearest-rank method.
func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(q*float64(len(sorted)) - 1e-9)) // 0.07*100 is a little more than 7
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// pairs returns op of each value and the one of the same turn.
func pairs(values, with []float64, op func(a, b float64) float64) []float64 {
	out := make([]float64, len(values))
	for i := range values {
		out[i] = op(values[i], with[i])
	}
	return out
}

// ratio returns the median of the ratios of what was measured in the same turn.
func ratio(name string, values, to []float64) Figure {
	return figure(name, "×", pairs(values, to, func(a, b float64) float64 { return a / b })...)
}

// difference returns the median of the differences of what was measured in the same turn.
func difference(name, unit string, values, from []float64) Figure {
	return figure(name, unit, pairs(values, from, func(a, b float64) float64 { return a - b })...)
}
