package doctor

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ms writes a duration of µs as a person reads it: 870 µs, 12.4 ms, 1.87 s.
func ms(us int64) string {
	switch {
	case us < 1000:
		return fmt.Sprintf("%d µs", us)
	case us < 100_000:
		return fmt.Sprintf("%.1f ms", float64(us)/1000)
	case us < 1_000_000:
		return fmt.Sprintf("%.0f ms", float64(us)/1000)
	}
	return fmt.Sprintf("%.2f s", float64(us)/1_000_000)
}

// percent writes a share: 47 %.
func percent(share float64) string { return fmt.Sprintf("%.0f %%", share*100) }

// number reads a whole number, 0 if it is none.
func number(s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// shorten keeps a long statement within a line.
func shorten(s string) string {
	const most = 80
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	runes := []rune(s)
	return strings.TrimSpace(string(runes[:most-25])) + " … " + strings.TrimSpace(string(runes[len(runes)-20:]))
}
