package capacity

import (
	"math"
	"testing"
)

// Points on a line give that line, for each of the instances; its spread is that of the rounds.
func TestFit(t *testing.T) {
	line := func(fixed, each float64) (points []point) {
		for _, rate := range []float64{200, 350, 700} {
			points = append(points, point{rate, fixed + each*rate})
		}
		return points
	}
	l := fit(2, [][]point{line(0.2, 0.001), line(0.2, 0.001)})
	if !near(l.Fixed.Value, 0.1) || !near(l.Each.Value, 1000) || !near(l.cores(3, 100), 0.4) || !near(l.carries(), 900) {
		t.Errorf("got %+v, want 0.1 cores of each instance, and 1,000 µs", l)
	}
	l = fit(1, [][]point{line(0.2, 0.001), line(0.1, 0.001), line(0.9, 0.002)})
	if !near(l.Fixed.Low, 0.1) || !near(l.Fixed.Value, 0.2) || !near(l.Fixed.High, 0.9) || !near(l.Each.High, 2000) {
		t.Errorf("got %+v, want the median, 0.2, and the spread, 0.1 to 0.9", l)
	}
}

// A part that gets dearer with the rate has no fixed part, rather than a negative one.
func TestFitBelowZero(t *testing.T) {
	fixed, each := leastSquares([]point{{100, 0.05}, {200, 0.2}})
	if fixed != 0 || each <= 0.0005 || each >= 0.001 {
		t.Errorf("got %v and %v, want 0 and something from 0.0005 to 0.001", fixed, each)
	}
}

// A part that gets cheaper with the rate, which is noise, still costs something for each request.
func TestFitFalling(t *testing.T) {
	if fixed, each := leastSquares([]point{{100, 0.2}, {200, 0.1}}); fixed != 0 || each <= 0 {
		t.Errorf("got %v and %v, want 0 and more than 0", fixed, each)
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9*max(1, math.Abs(b)) }
