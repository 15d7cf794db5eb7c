package story

import (
	"fmt"
	"math"

	"github.com/dustin/go-humanize"
)

// An Estimate is a number of requests or calls of which only some were kept, each with the share of its like that was kept: the
// Horvitz-Thompson estimator.
type Estimate struct {
	Value    float64
	variance float64
	squares  float64 // the sum of what would be squared if all were kept, from which the true variance follows
}

// add counts what one kept span stands for, or several that are kept only together.
func (e *Estimate) add(spans int, weight float64) {
	n := float64(spans)
	e.Value += n * weight
	e.variance += n * n * weight * (weight - 1)
	e.squares += n * n * weight
}

// plus adds up two estimates.
func (e Estimate) plus(other Estimate) Estimate {
	return Estimate{e.Value + other.Value, e.variance + other.variance, e.squares + other.squares}
}

// deviation is the standard deviation of the estimate that remains if only a share of all this is kept.
func (e Estimate) deviation(share float64) float64 { return math.Sqrt(e.squares * (1 - share) / share) }

// against writes the estimate with its standard error, and by how much it differs from the true number.
func (e Estimate) against(truth float64) string {
	value := humanize.Comma(int64(math.Round(e.Value)))
	if off := math.Round(100 * (e.Value - truth) / truth); off != 0 {
		return fmt.Sprintf("%s ± %-4.0f%+5.0f %%", value, math.Sqrt(e.variance), off)
	}
	return fmt.Sprintf("%s ± %-4.0f  exact", value, math.Sqrt(e.variance))
}
