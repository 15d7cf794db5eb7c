package evidence

import "slices"

// Timeout is the round duration after which all failed attempts of a loop ended; 0 if there is none.
func Timeout(l *Loop) int64 {
	var list []int64
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
func RoundTime(d int64) int64 {
	const shortest, longest = 50_000, 100_000_000 // µs
	near := func(limit int64) bool {
		return limit >= shortest && d >= limit-limit/100 && d <= limit+limit/20
	}
	for _, limit := range []int64{15_000_000, 60_000_000} {
		if near(limit) {
			return limit
		}
	}
	for unit := int64(shortest / 5); unit < longest; unit *= 10 {
		for _, n := range []int64{1, 2, 3, 5} {
			if near(n * unit) {
				return n * unit
			}
		}
	}
	return 0
}
