package evidence

import (
	"slices"

	"spanwise/doctor/trace"
)

// Timeout is the round duration after which all failed attempts of a loop ended; 0 if there is none.
func Timeout(l *Loop) trace.Micros {
	var list []trace.Micros
	for _, c := range l.Calls {
		if c.Failed && c.Answered() {
			return 0
		}
		if c.Failed {
			list = append(list, c.Span.Duration)
		}
	}
	if len(list) < 2 || slices.Max(list)-slices.Min(list) > slices.Max(list)/50 {
		return 0
	}
	return RoundTime(slices.Min(list))
}

// RoundTime is the timeout setting that a duration d just reached; 0 if none is near. People choose 1, 2, 3, or 5
// times a power of ten (3 s is the default timeout of an AWS Lambda function), and quarters of a minute. A timeout
// is noticed a little late, never early.
func RoundTime(d trace.Micros) trace.Micros {
	const shortest, longest = 50_000, 100_000_000 // µs
	near := func(limit trace.Micros) bool {
		return limit >= shortest && d >= limit-limit/100 && d <= limit+limit/20
	}
	for _, limit := range []trace.Micros{15_000_000, 60_000_000} {
		if near(limit) {
			return limit
		}
	}
	for unit := trace.Micros(shortest / 5); unit < longest; unit *= 10 {
		for _, n := range []trace.Micros{1, 2, 3, 5} {
			if near(n * unit) {
				return n * unit
			}
		}
	}
	return 0
}
