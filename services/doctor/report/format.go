package report

import (
	"fmt"
	"strconv"
	"strings"
)

// Duration writes µs for a person: three significant digits and a unit.
func Duration(us int64) string {
	if us < 0 {
		return "-" + Duration(-us)
	}
	switch f := float64(us); {
	case us < 1000:
		return fmt.Sprintf("%d µs", us)
	case f < 999.5e3:
		return significant(f/1e3) + " ms"
	case f < 99.95e6:
		return significant(f/1e6) + " s"
	case f < 7200e6:
		return significant(f/60e6) + " min"
	case f < 999.5*3600e6:
		return significant(f/3600e6) + " h"
	default:
		return thousands(int(f/86400e6)) + " days"
	}
}

// significant writes x, between 1 and 1000, with three digits and without trailing zeros after the point.
func significant(x float64) string {
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

// durationRange writes a range of µs, with the unit once if both ends have the same: "280 to 310 ms".
func durationRange(low, high int64) string {
	a, b := Duration(low), Duration(high)
	if a == b {
		return a
	}
	if n, unit, ok := strings.Cut(a, " "); ok && strings.HasSuffix(b, " "+unit) {
		a = n
	}
	return a + " to " + b
}

// percent writes a share. Only 0 and 1 are written as 0 % and 100 %.
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

// ratio is part divided by total, or 0 if total is 0.
func ratio(part, total int64) float64 {
	if total <= 0 {
		return 0
	}
	return float64(part) / float64(total)
}

// thousands writes n with commas between groups of three digits.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural writes a number and a noun: "1 span" or "12 spans".
func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return thousands(n) + " " + noun
}

// name writes an operation with its service.
func name(service, operation string) string {
	service, operation = printable(service), printable(operation)
	if operation == "" {
		operation = "(no name)"
	}
	if service == "" {
		return operation
	}
	return service + ": " + operation
}
