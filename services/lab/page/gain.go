package page

import (
	"fmt"

	"spanwise/doctor/trace"
	"spanwise/lab/score"
)

// A gain compares what the fix was predicted to save with what it saved, in medians of all runs.
type gain struct {
	Bars                []gainBar
	Predicted, Measured string // "" if there is none
	Off                 string // how far the prediction is from the measurement
	Times               string // how many times as fast, such as 25 ×; "" if it is hardly faster
}

// A gainBar is a duration; all of them have one axis.
type gainBar struct {
	Name, Class, Time string
	Percent           float64
}

func newGain(r score.Row) *gain {
	if r.MeasuredUS == nil || r.DurationUS <= 0 {
		return nil
	}
	slow, g := r.DurationUS, &gain{Measured: r.MeasuredUS.String()}
	longest := max(slow, slow-*r.MeasuredUS)
	add := func(name, class string, took trace.Micros) {
		took = max(took, 0)
		g.Bars = append(g.Bars, gainBar{name, class, took.String(), 100 * float64(took) / float64(longest)})
	}
	add("slow", "slow", slow)
	if r.PredictedUS != nil {
		g.Predicted = r.PredictedUS.String()
		name := "fixed, as predicted"
		if r.UpperBound {
			g.Predicted, name = "up to "+g.Predicted, "fixed, at best"
		}
		add(name, "predicted", slow-*r.PredictedUS)
	}
	if e, ok := r.Error(); ok {
		g.Off = fmt.Sprintf("off by %.0f %%", e*100)
	}
	fixed := slow - *r.MeasuredUS
	add("fixed, as measured", "fixed", fixed)
	if times := float64(slow) / float64(max(fixed, 1)); times >= 1.5 {
		g.Times = fmt.Sprintf("%.2g × as fast", times)
		if times >= 10 {
			g.Times = fmt.Sprintf("%.0f × as fast", times)
		}
	}
	return g
}
