package capacity

import (
	"fmt"
	"math"
	"slices"
)

// A Check compares what the costs predict with what was measured at a rate from which they were not computed.
type Check struct {
	Pipeline  string  `json:"pipeline"`
	Rate      int     `json:"rate"`     // requests/s
	Answered  float64 `json:"answered"` // of these, on median; what is predicted is for that
	What      string  `json:"what"`
	Unit      string  `json:"unit"`
	Predicted float64 `json:"predicted"`
	Measured  Range   `json:"measured"`
	Off       float64 `json:"off_percent"`
}

// within is how far off a prediction may be, in percent.
const within = 20

// newCheck returns a check of what is in those turns.
func newCheck(pipeline string, rate int, turns []turn, what, unit string, predicted float64, measured Range) Check {
	off := 100 * (predicted/max(measured.Value, 1e-9) - 1) // finite, because JSON has no infinity
	return Check{pipeline, rate, answeredAt(turns), what, unit, predicted, measured, off}
}

// off says by how much the prediction is off.
func (c Check) off() string {
	if math.Abs(c.Off) < 0.5 {
		return "0 %"
	}
	return fmt.Sprintf("%+.0f %%", c.Off)
}

// reached reports whether the machine answered so many requests that the check says something about its rate.
func (c Check) reached() bool { return c.Answered >= 0.95*float64(c.Rate) }

func (c Check) missed() bool { return !(c.Off >= -within && c.Off <= within) || !c.reached() }

// String says in a line what was checked, and how it went.
func (c Check) String() string {
	how := "is off by " + c.off()
	if !c.reached() {
		how = fmt.Sprintf("was not checked, because only %s were answered", number(c.Answered))
	}
	return fmt.Sprintf("%s at %s requests/s, pipeline %s, %s", c.What, number(float64(c.Rate)), c.Pipeline, how)
}

// Missed returns the checks that are too far off, and those whose rate was not reached.
func (c Costs) Missed() []Check {
	return slices.DeleteFunc(slices.Clone(c.Checks), func(one Check) bool { return !one.missed() })
}

// check compares the cores that the parts of a pipeline used with what their lines predict for the requests that were answered,
// together and one by one. A part ran in as many instances as the map says, or in one.
func (c *Costs) check(pipeline string, rates []int, turns map[int][]turn, parts []string, instances map[string]int) error {
	for _, rate := range rates {
		all, allMeasured := 0.0, make([]float64, len(turns[rate]))
		var each []Check
		for _, name := range parts {
			part, err := c.part(pipeline, name)
			if err != nil {
				return err
			}
			load := answeredAt(turns[rate])
			if part.Per == perSpan {
				load *= c.Spans
			}
			predicted := part.Line.cores(max(1, instances[name]), load)
			all += predicted
			var measured []float64
			for i, t := range turns[rate] {
				measured = append(measured, t.cores[name])
				allMeasured[i] += t.cores[name]
			}
			each = append(each, newCheck(pipeline, rate, turns[rate], name, "cores", predicted, rangeOf(measured)))
		}
		c.Checks = append(c.Checks, newCheck(pipeline, rate, turns[rate], together, "cores", all, rangeOf(allMeasured)))
		c.Checks = append(c.Checks, each...)
	}
	return nil
}

// together is what a check of all parts is about.
const together = "all of these"

// answeredAt returns the median of the rates at which requests were answered.
func answeredAt(turns []turn) float64 {
	var rates []float64
	for _, t := range turns {
		rates = append(rates, t.rate)
	}
	return rangeOf(rates).Value
}

// checkUndecided compares the traces in the gateways at the end of a load with what is to be expected, or with all traces of the load if
// it was shorter than the wait. The sender's traces have another number of spans than the requests.
func (c *Costs) checkUndecided(pipeline string, size Size, turns map[int][]turn) {
	for _, rate := range size.checks {
		var measured []float64
		for _, t := range turns[rate] {
			measured = append(measured, t.undecided)
		}
		traces := answeredAt(turns[rate]) * c.Spans / float64(spansEach) // a second
		predicted := min(undecidedTraces(traces, size.wait), traces*size.slice.Seconds())
		c.Checks = append(c.Checks, newCheck(pipeline, rate, turns[rate], "undecided traces", "traces", predicted, rangeOf(measured)))
	}
}
