package report

import (
	"fmt"
	"strconv"
	"strings"
)

// human writes µs as a person would say it: three digits that matter, and a unit.
func human(us int64) string {
	if us < 0 {
		return "-" + human(-us)
	}
	switch f := float64(us); {
	case us < 1000:
		return fmt.Sprintf("%d µs", us)
	case f < 999.5e3:
		return digits(f/1e3) + " ms"
	case f < 99.95e6:
		return digits(f/1e6) + " s"
	case f < 7200e6:
		return digits(f/60e6) + " min"
	case f < 999.5*3600e6:
		return digits(f/3600e6) + " h"
	default:
		return thousands(int(f/86400e6)) + " days"
	}
}

// digits writes x, between 1 and 1000, with three digits and no zeros after the point that say nothing.
func digits(x float64) string {
	decimals := 2
	switch {
	case x >= 99.95:
		decimals = 0
	case x >= 9.995:
		decimals = 1
	}
	s := strconv.FormatFloat(x, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// between writes a range of µs, with one unit where one will do: "280 to 310 ms".
func between(low, high int64) string {
	a, b := human(low), human(high)
	if a == b {
		return a
	}
	if n, unit, ok := strings.Cut(a, " "); ok && strings.HasSuffix(b, " "+unit) {
		a = n
	}
	return a + " to " + b
}

// percent writes a share without pretending to more than it knows: nothing is 0 %, almost nothing is not.
func percent(share float64) string {
	switch {
	case share <= 0:
		return "0 %"
	case share < 0.01:
		return "<1 %"
	case share > 0.99 && share < 1:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", share*100)
}

// thousands writes n with thousands apart.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural is "1 span" or "12 spans".
func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return thousands(n) + " " + noun
}
