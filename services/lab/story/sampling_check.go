package story

import (
	"errors"
	"fmt"
	"math"
)

// surprise is how many standard deviations are no longer chance: a sound run is that far off once in two million.
const surprise = 5

// Check returns an error that says what was lost that should have been kept, kept that should not, or counted wrongly. everything is
// what the first of the Ways has kept.
func (s Sampled) Check(everything Sampled) error {
	var errs []error
	wrong := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("SAMPLING=%s: %s", s.Way, fmt.Sprintf(format, args...)))
	}
	if s.Partial > 0 {
		wrong("%d traces are partial", s.Partial)
	}
	if s.Parts > 0 && !s.Way.parts {
		wrong("%d traces have only spans of pricing", s.Parts)
	}
	for kind, k := range Kinds {
		p := s.Way.keeps(kind)
		expected, deviation := p*float64(k.Count), math.Sqrt(float64(k.Count)*p*(1-p))
		if got := s.Kept[kind]; math.Abs(float64(got)-expected) > surprise*deviation {
			wrong("%d of %d %s are kept, want about %.0f", got, k.Count, k.Name, expected)
		}
	}
	for _, e := range []struct {
		what       string
		got, truth Estimate
		share      float64
	}{
		{"requests", s.estimate(), everything.estimate(), s.Way.others},
		{"calls of pricing", s.Calls, everything.Calls, s.Way.pricing()},
	} {
		// A threshold is rounded to four digits, which is much less than the half of a percent that is added here.
		if math.Abs(e.got.Value-e.truth.Value) > surprise*e.truth.deviation(e.share)+0.005*e.truth.Value {
			wrong("the thresholds say that there were %.0f %s, want %.0f", e.got.Value, e.what, e.truth.Value)
		}
	}
	return errors.Join(errs...)
}

// pricing is the share of pricing's calls that is kept, or a little less.
func (w Way) pricing() float64 {
	if w.parts {
		return half
	}
	return w.others
}
