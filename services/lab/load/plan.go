package load

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"
)

// A Plan says what to request, when, and for how long.
type Plan struct {
	Mix       Mix
	Rate      float64           // requests a second, once the ramp is over
	From      float64           // requests a second at the start of the ramp
	Ramp      time.Duration     // how long the rate takes to get from From to Rate; part of Length
	Length    time.Duration     // 0 means until the context ends
	Timeout   time.Duration     // of each request; 0 means [Timeout]
	InFlight  int               // most unanswered requests at a time; 0 means Rate times Timeout, up to [MaxInFlight]
	Seed      uint64            // chooses from the mix: the same seed gives the same sequence
	Transport http.RoundTripper // nil means one that reaches only this machine: see [Local]
}

// The defaults of a Plan. An unanswered request takes about 40 KB of memory.
const (
	Timeout     = 10 * time.Second
	MaxInFlight = 10_000
)

// The bounds of a Plan's rate, in requests a second.
const (
	MinRate = 0.001   // a request every 17 minutes; of much lower rates, the next one is due later than a time.Duration can hold
	MaxRate = 100_000 // more than can be sent, and as many as can be counted in time
)

// withDefaults returns the plan with its defaults filled in, or what is wrong with it.
func (p Plan) withDefaults() (Plan, error) {
	switch {
	case !(p.Rate >= MinRate && p.Rate <= MaxRate):
		return p, fmt.Errorf("a rate of %g requests/s: want at least %g, and at most %d", p.Rate, MinRate, MaxRate)
	case !(p.From >= 0 && p.From <= MaxRate):
		return p, fmt.Errorf("a ramp from %g requests/s: want 0 or more, and at most %d", p.From, MaxRate)
	case p.From > 0 && p.Ramp == 0:
		return p, fmt.Errorf("a ramp from %g requests/s to %g: want how long it takes, as in -ramp 30s", p.From, p.Rate)
	case p.Ramp < 0 || p.Length < 0 || p.Timeout < 0 || p.InFlight < 0:
		return p, errors.New("a length, a ramp, a timeout and a number in flight must not be negative")
	case p.Length > 0 && p.Ramp > p.Length:
		return p, fmt.Errorf("a ramp of %v does not fit into a load of %v", p.Ramp, p.Length)
	}
	if p.Timeout == 0 {
		p.Timeout = Timeout
	}
	if p.InFlight == 0 {
		p.InFlight = int(min(math.Ceil(max(p.Rate, p.From)*p.Timeout.Seconds())+1, MaxInFlight))
	}
	return p, p.Mix.check()
}

// Check returns what is wrong with the plan, if anything is.
func (p Plan) Check() error {
	_, err := p.withDefaults()
	return err
}

// due returns when request n, counted from 0, is due after the start. Until the end of the ramp, t seconds after the start,
// From·t + (Rate−From)·t²/(2·Ramp) requests are due; this is solved for t in the form that also works without a slope.
func (p Plan) due(n int) time.Duration {
	ramp := p.Ramp.Seconds()
	during := (p.From + p.Rate) / 2 * ramp // requests of the ramp
	count := float64(n)
	if count >= during {
		return seconds(ramp + (count-during)/p.Rate)
	}
	if n == 0 {
		return 0
	}
	slope := (p.Rate - p.From) / ramp
	return seconds(2 * count / (p.From + math.Sqrt(p.From*p.From+2*slope*count)))
}

func seconds(s float64) time.Duration { return time.Duration(math.Round(s * float64(time.Second))) }

// RateAt returns the rate of the plan, in requests a second, at that time after its start.
func (p Plan) RateAt(elapsed time.Duration) float64 {
	if elapsed >= p.Ramp {
		return p.Rate
	}
	return p.From + (p.Rate-p.From)*elapsed.Seconds()/p.Ramp.Seconds()
}
