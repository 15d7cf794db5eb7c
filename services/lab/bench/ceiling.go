package bench

import (
	"context"
	"fmt"
	"time"

	"spanwise/doctor/trace"
	"spanwise/lab/native"
)

var ceiling = Part{
	Name:  "ceiling",
	Title: "What the pipeline holds",
	About: "All requests are `GET " + ordinary + "` and sampled. First a steady load, of which every trace is then read from Jaeger and compared span by span. " +
		"Then the rate is raised by a quarter until a rate is not held twice, and the gap to the last rate that was held is halved until it is less than 5 %. Each rate is on for 10 s, so " +
		"the rate that this finds is then kept up for a minute, and lowered by a twentieth until it is held as long. A rate is held if no " +
		"request fails, the 99th percentile of the latency is at most 1 s, and every span is in Jaeger 5 s after the last answer: the Collector's counters say so of all, and " +
		"Jaeger of the last 500 traces.",
	measure: (*Bench).ceiling,
}

const (
	rated     = 1000 // requests a second that must not lose a span
	firstRate = 500
	fewTraces = 500 // that are looked for in Jaeger after each trial
	// keepTraces is enough for those of the steady load.
	keepTraces = "JAEGER_MAX_TRACES=100000"
)

func (b *Bench) ceiling(ctx context.Context) (figures Figures, err error) {
	err = b.Ours(ctx, []string{keepTraces}, func(run *native.Run) error {
		s, err := newSystem(run)
		if err != nil {
			return err
		}
		if _, err := s.try(ctx, firstRate, time.Second, fewTraces); err != nil { // fills caches and opens connections
			return err
		}
		if figures, err = b.withoutLoss(ctx, s); err != nil {
			return err
		}
		highest, err := b.highest(func(rate int, length time.Duration) (trial, error) { return s.try(ctx, rate, length, fewTraces) })
		figures = append(figures, highest...)
		return err
	})
	return figures, err
}

// withoutLoss puts the steady load on the system and looks for every trace.
func (b *Bench) withoutLoss(ctx context.Context, s *system) (Figures, error) {
	b.Say("  %d requests/s for %v", rated, b.Size.steady)
	t, err := s.try(ctx, rated, b.Size.steady, rated*int(b.Size.steady.Seconds()))
	if err != nil {
		return nil, err
	}
	b.Say("  %s", said(t))
	if t.found.Lost() > 0 {
		one, err := s.jaeger.Trace(ctx, t.found.Missing[0])
		if err != nil {
			one = trace.New(t.found.Missing[0], nil)
		}
		b.Say("  %v", s.golden.Mismatch(one))
	}
	return steadyFigures(t, b.Size.steady), nil
}

// highest searches for the highest rate that is held for as long as the steady load.
func (b *Bench) highest(try func(rate int, length time.Duration) (trial, error)) (Figures, error) {
	var lowest trial // of those that were not held
	held := func(rate int, length time.Duration) (bool, error) {
		var t trial
		var err error
		for range 2 { // a single disturbance does not count
			if t, err = try(rate, length); err != nil {
				return false, err
			}
			b.Say("  %d requests/s for %v: %s", rate, length, said(t))
			if t.gaveWay() == "" {
				return true, nil
			}
		}
		lowest = t
		return false, nil
	}
	rate, err := search(firstRate, func(rate int) (bool, error) { return held(rate, b.Size.trial) })
	if err != nil {
		return nil, err
	}
	rate, err = lower(rate, func(rate int) (bool, error) { return held(rate, b.Size.steady) })
	if err != nil {
		return nil, err
	}
	f := figure(fmt.Sprintf("highest rate that is held for %v", b.Size.steady), "requests/s", float64(rate))
	return Figures{f.noting("at %d requests/s for %v, what gave way first was %s", lowest.rate, lowest.length, lowest.gaveWay())}, nil
}

// said is what a trial showed, in a few words.
func said(t trial) string {
	if why := t.gaveWay(); why != "" {
		return "not held by " + why
	}
	return fmt.Sprintf("held, 99th percentile %v", t.Wait.P99.Round(time.Millisecond/10))
}

// steadyFigures says how much of the steady load arrived.
func steadyFigures(t trial, length time.Duration) Figures {
	at := fmt.Sprintf("%s requests/s for %v: ", number(rated), length)
	note := fmt.Sprintf("%s traces and %s spans were found", number(float64(t.found.Complete)), number(float64(t.found.Spans)))
	if why := t.gaveWay(); why != "" {
		note += "; " + why
	}
	return Figures{
		figure(at+"traces without all of their spans in Jaeger", "traces", float64(t.found.Lost())).atMost(0).noting("%s", note),
		figure(at+"requests that failed", "requests", float64(failed(t.Report))).atMost(0),
		figure(at+"p99", "ms", ms(t.Wait.P99)),
	}
}

// search returns the highest rate that is held, to 5 % or 10 requests/s, or 0 if none is.
func search(first int, held func(rate int) (bool, error)) (int, error) {
	low, high := 0, 0
	for rate := first; high == 0 || high-low > max(low/20, 10); {
		ok, err := held(rate)
		if err != nil {
			return 0, err
		}
		if ok {
			low = rate
		} else {
			high = rate
		}
		if high == 0 {
			rate += rate / 4
		} else {
			rate = (low + high) / 2
		}
	}
	return low, nil
}

// lower lowers a rate by 5 % or 10 requests/s until it is held, or 0.
func lower(rate int, held func(rate int) (bool, error)) (int, error) {
	for rate > 0 {
		if ok, err := held(rate); ok || err != nil {
			return rate, err
		}
		rate = max(rate-max(rate/20, 10), 0)
	}
	return 0, nil
}
