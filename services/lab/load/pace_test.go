package load

import (
	"math"
	"testing"
	"time"
)

// A ramp from a to b requests/s takes as many requests as the area under its line, then the rate is constant.
func TestDue(t *testing.T) {
	for _, test := range []struct {
		plan Plan
		n    int
		want time.Duration
	}{
		{Plan{Rate: 100}, 0, 0},
		{Plan{Rate: 100}, 250, 2500 * time.Millisecond},
		{Plan{Rate: 0.5}, 3, 6 * time.Second},
		{Plan{Rate: 100, Ramp: 10 * time.Second}, 0, 0},                                  // 10·t²/2
		{Plan{Rate: 100, Ramp: 10 * time.Second}, 5, time.Second},                        // 5 in the first second
		{Plan{Rate: 100, Ramp: 10 * time.Second}, 125, 5 * time.Second},                  // a quarter in the first half
		{Plan{Rate: 100, Ramp: 10 * time.Second}, 500, 10 * time.Second},                 // all
		{Plan{Rate: 100, Ramp: 10 * time.Second}, 600, 11 * time.Second},                 // then 100/s
		{Plan{Rate: 100, From: 100, Ramp: 10 * time.Second}, 300, 3 * time.Second},       // no slope
		{Plan{Rate: 100, From: 50, Ramp: 10 * time.Second}, 750, 10 * time.Second},       // 75/s on average
		{Plan{Rate: 0.1, From: 99.9, Ramp: 10 * time.Second}, 500, 10 * time.Second},     // downwards
		{Plan{Rate: 340, Ramp: 4 * time.Minute}, 340 * 4 * 60 / 2, 4 * time.Minute},      // the small box
		{Plan{Rate: 1, From: 99, Ramp: 2 * time.Second}, 101, 3 * time.Second},           // and on
		{Plan{Rate: 2000, Ramp: time.Second}, 1000 + 2000*3600, time.Hour + time.Second}, // precise for long
	} {
		if got := test.plan.due(test.n); got.Round(time.Microsecond) != test.want {
			t.Errorf("%+v: request %d is due after %v, want %v", test.plan, test.n, got, test.want)
		}
	}
}

// The rate during a ramp is the slope of the requests that are due.
func TestRateAt(t *testing.T) {
	p := Plan{Rate: 100, From: 20, Ramp: 10 * time.Second}
	for at, want := range map[time.Duration]float64{0: 20, 5 * time.Second: 60, 10 * time.Second: 100, time.Hour: 100} {
		if got := p.RateAt(at); got != want {
			t.Errorf("after %v: got %g requests/s, want %g", at, got, want)
		}
	}
	for _, n := range []int{10, 100, 400, 900} {
		step := (p.due(n+1) - p.due(n-1)).Seconds() / 2
		if got, want := 1/step, p.RateAt(p.due(n)); math.Abs(got-want) > 0.02*want {
			t.Errorf("request %d: got %g requests/s, want %g", n, got, want)
		}
	}
}
