package drill

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dustin/go-humanize"

	"spanwise/lab/load"
	"spanwise/lab/native"
	"spanwise/lab/play"
)

// What must hold at three times the requests that the machine holds.
const (
	leastGoodput = 0.9                   // of the peak
	longestWait  = time.Second           // 99th percentile of the accepted requests
	longestNo    = 50 * time.Millisecond // 99th percentile of the refusals
	mostMemory   = 256 << 20             // bytes that order has resident
	calm         = 5 * time.Second       // until requests are as fast as before
	slower       = 1.5                   // how many times the median from before requests may then take: noise of the machine
	ramp         = 20 * time.Second      // to find the peak
	overload     = 20 * time.Second
	slice        = 2 * time.Second // in which answers are counted
	sustained    = 3               // slices in a row that a peak is the average of
	mostLoad     = 32_000          // requests a second, more than one load generator can send
)

var overloadDrills = []Drill{{
	Name: "overload",
	Text: fmt.Sprintf("The load rises until the peak of what is answered in %v is found, and then stays at three times that for %v. At least %.1f of the peak "+
		"are still answered, 99 %% of these within %v; the rest gets 503 with Retry-After, 99 %% of it within %v. %v later requests take no longer than before, "+
		"except for noise (×%.1f). No span of an accepted request is lost.", sustained*slice, overload, leastGoodput, longestWait, longestNo, calm, slower),
	Settings: []string{"JAEGER_MAX_TRACES=200000"},
	Load:     func(_ *Rig, plan *load.Plan) { plan.Rate = 10 }, // in addition to the load that the drill makes itself
	Break:    overwhelm,
	Check:    metTargets,
}}

// overwhelm compares an overload with the peak and the calm before it, all measured in the same minute.
func overwhelm(ctx context.Context, r *Rig) error {
	quiet := load.Plan{Rate: usualRate, Length: calm}
	earlier, err := r.measure(ctx, quiet)
	if err != nil {
		return err
	}
	peak, err := r.findPeak(ctx)
	if err != nil {
		return err
	}
	over, err := r.measure(ctx, load.Plan{Rate: 3 * peak, Length: overload})
	if err != nil {
		return err
	}
	r.Repair()
	if err := play.Wait(ctx, calm); err != nil {
		return err
	}
	later, err := r.measure(ctx, quiet)
	if err != nil {
		return err
	}
	r.note("order answers at most %.0f requests/s; asked for %.0f/s, it answers %.0f/s (%.2f of the peak), the median in %v, 99 %% within %v; "+
		"it refuses %.0f/s, the median in %v, 99 %% within %v; it has at most %s resident", peak, over.Asked, over.Goodput, over.Goodput/peak,
		load.Short(over.Wait.P50), load.Short(over.Wait.P99), float64(len(over.refusals))/over.Seconds, load.Short(over.refusal(0.5)), load.Short(over.refusal(0.99)),
		humanize.IBytes(uint64(over.resident)))
	r.note("at %d requests/s, the median is %v before and %v after the overload", usualRate, load.Short(earlier.Wait.P50), load.Short(later.Wait.P50))
	r.must(len(over.refusals) > 0, "no request was refused, so this was not an overload")
	r.must(over.NotSent*20 < over.Planned, "the load generator could not send %d of %d requests, so this was not three times the peak", over.NotSent, over.Planned)
	r.must(over.Goodput >= leastGoodput*peak, "%.0f requests/s were answered, less than %.1f of the peak of %.0f/s", over.Goodput, leastGoodput, peak)
	r.must(over.Wait.P99 < longestWait, "99 %% of the accepted requests took up to %v, want less than %v", load.Short(over.Wait.P99), longestWait)
	r.must(over.refusal(0.99) < longestNo, "99 %% of the refusals took up to %v, want less than %v", load.Short(over.refusal(0.99)), longestNo)
	r.must(over.resident < mostMemory, "order has %s resident, want less than %s", humanize.IBytes(uint64(over.resident)), humanize.IBytes(mostMemory))
	r.must(float64(later.Wait.P50) < slower*float64(earlier.Wait.P50), "%v after the overload, the median is %v, and it was %v before", calm,
		load.Short(later.Wait.P50), load.Short(earlier.Wait.P50))
	return nil
}

// A measurement is what a load measured.
type measurement struct {
	load.Report
	refusals []time.Duration // how long each took, shortest first
	slices   []int           // accepted requests by the time of their answer, while requests were sent
	resident int64           // the most memory that order had, in bytes
}

// refusal returns how long a fraction q of the refusals took at most; 0 if there were none.
func (m measurement) refusal(q float64) time.Duration {
	if len(m.refusals) == 0 {
		return 0
	}
	return m.refusals[int(q*float64(len(m.refusals)-1))]
}

// measure makes the usual request at a planned rate. Failures that are not refusals are missed targets.
func (r *Rig) measure(ctx context.Context, plan load.Plan) (measurement, error) {
	plan.Mix = load.Get(r.URL(native.OrderPort) + usualPath)
	m := measurement{slices: make([]int, plan.Length/slice)}
	began := time.Now()
	l, err := load.Start(ctx, plan, func(a load.Answer) {
		switch {
		case a.Kind == "":
			if i := int(time.Since(began) / slice); i < len(m.slices) {
				m.slices[i]++
			}
		case isRefusal(a):
			m.refusals = append(m.refusals, a.Latency)
		}
	})
	if err != nil {
		return m, err
	}
	for play.Wait(ctx, poll) == nil && time.Since(began) < plan.Length {
		now, err := r.Process(native.Order).Resident()
		if err != nil {
			l.Stop()
			return m, errors.Join(err, ctx.Err())
		}
		m.resident = max(m.resident, now)
	}
	m.Report = l.Wait()
	slices.Sort(m.refusals)
	other := m.Sent - m.Accepted - len(m.refusals)
	r.must(other == 0, "at up to %.0f requests/s, %d were neither answered nor refused with Retry-After: %+v", plan.Rate, other, m.Failures)
	return m, ctx.Err()
}

// peak returns how many requests were answered a second in the best slices in a row.
func (m measurement) peak() float64 {
	best := 0
	for i := range len(m.slices) - sustained + 1 {
		sum := 0
		for _, n := range m.slices[i : i+sustained] {
			sum += n
		}
		best = max(best, sum)
	}
	return float64(best) / (sustained * slice).Seconds()
}

// findPeak raises the load until requests are refused, and returns how many were answered a second at best.
func (r *Rig) findPeak(ctx context.Context) (float64, error) {
	for most := 2000.0; most <= mostLoad; most *= 2 {
		m, err := r.measure(ctx, load.Plan{From: usualRate, Rate: most, Ramp: ramp, Length: ramp})
		if err != nil {
			return 0, err
		}
		if len(m.refusals) > 0 {
			return m.peak(), nil
		}
	}
	return 0, fmt.Errorf("no request was refused at up to %d requests/s, so there was no overload to measure", mostLoad)
}

// note adds a sentence with figures to the outcome.
func (r *Rig) note(format string, args ...any) {
	r.figures = append(r.figures, fmt.Sprintf(format, args...))
}

// must adds to what went wrong unless ok.
func (r *Rig) must(ok bool, format string, args ...any) {
	if !ok {
		r.missed = append(r.missed, fmt.Errorf(format, args...))
	}
}

// metTargets returns the targets that were missed.
func metTargets(_ context.Context, r *Rig) error { return errors.Join(r.missed...) }
