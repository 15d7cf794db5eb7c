package capacity

import (
	"math"
	"slices"

	"spanwise/lab/bench"
)

// A Line is the processor time of an instance: Fixed cores because it is awake, and Each for every request or span.
//
// The fixed part is not what an idle process needs, which is nearly nothing. Under load, threads go to sleep and wake up again
// between two requests. The busier they are, the more often the next request finds them awake, so the processor time of these
// wake-ups stays about the same whatever the rate, and each request seems to get cheaper.
type Line struct {
	Fixed Range `json:"fixed_cores"`
	Each  Range `json:"each_microseconds"`
}

// cores returns the processors that a number of instances need together for a rate of requests or spans.
func (l Line) cores(instances int, rate float64) float64 {
	return float64(instances)*l.Fixed.Value + rate*l.Each.Value/1e6
}

// carries returns the rate at which one core is busy all the time.
func (l Line) carries() float64 { return max(0, 1-l.Fixed.Value) / l.Each.Value * 1e6 }

// A point is how many cores some instances of a part used at a rate.
type point struct{ rate, cores float64 }

// fit returns the line through the points of several rounds, which belong to that many instances. Each round has the same rates in
// the same order. The line goes through the medians, which one disturbed round does not move; its spread is that of the rounds' lines.
func fit(instances int, rounds [][]point) Line {
	var middle []point
	for i := range rounds[0] {
		var rates, cores []float64
		for _, points := range rounds {
			rates, cores = append(rates, points[i].rate), append(cores, points[i].cores)
		}
		middle = append(middle, point{rangeOf(rates).Value, rangeOf(cores).Value})
	}
	fixed, each := leastSquares(middle)
	l := Line{Fixed: Range{fixed, fixed, fixed}, Each: Range{each, each, each}}
	for _, points := range rounds {
		f, e := leastSquares(points)
		l.Fixed.Low, l.Fixed.High = min(l.Fixed.Low, f), max(l.Fixed.High, f)
		l.Each.Low, l.Each.High = min(l.Each.Low, e), max(l.Each.High, e)
	}
	return Line{Fixed: l.Fixed.times(1 / float64(instances)), Each: l.Each.times(1e6)}
}

// leastSquares returns the line through the points that has the smallest sum of relative errors, squared: what is to be
// right to some percent has to be so at low rates, too. A line that would begin below 0, or would not rise, begins at 0.
func leastSquares(points []point) (fixed, each float64) {
	var w, wx, wy, wxx, wxy float64
	for _, p := range points {
		weight := 1 / max(p.cores*p.cores, 1e-9)
		w, wx, wy = w+weight, wx+weight*p.rate, wy+weight*p.cores
		wxx, wxy = wxx+weight*p.rate*p.rate, wxy+weight*p.rate*p.cores
	}
	each = (w*wxy - wx*wy) / (w*wxx - wx*wx)
	fixed = (wy - each*wx) / w
	if fixed < 0 || each <= 0 || math.IsNaN(fixed) {
		return 0, wxy / wxx
	}
	return fixed, each
}

func (r Range) times(factor float64) Range {
	return Range{r.Value * factor, r.Low * factor, r.High * factor}
}

// rangeOf returns the median of values, with the lowest and the highest.
func rangeOf(values []float64) Range {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return Range{}
	}
	return Range{bench.Median(sorted), sorted[0], sorted[len(sorted)-1]}
}
