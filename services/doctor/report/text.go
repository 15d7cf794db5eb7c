package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
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

// printable takes from text of unknown origin what could move the cursor, turn text around, or break a line.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r):
			return '·'
		}
		return r
	}, s)
}

// A part is a piece of a finding's text: words, or a name or statement that they quote.
type part struct {
	Text string
	Code bool
}

// prose takes a finding's text apart at its backquotes.
func prose(s string) []part {
	var parts []part
	for i, text := range strings.Split(printable(s), "`") {
		if text != "" {
			parts = append(parts, part{text, i%2 == 1})
		}
	}
	return parts
}

// width is how many columns a terminal gives s.
func width(s string) (n int) {
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff,
		r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6, r >= 0x1f300 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
		return 2 // East Asian wide and full width (Unicode TR 11), and emoji
	}
	return 1
}

// clip shortens s to n columns, and says so with an ellipsis.
func clip(s string, n int) string {
	if width(s) <= n {
		return s
	}
	return head(s, n-1) + "…"
}

// squeeze shortens s to n columns from its middle: of a long name, both ends say most.
func squeeze(s string, n int) string {
	if width(s) <= n {
		return s
	}
	front := head(s, (n-1)*2/5)
	rest := []rune(s)
	for room := n - 1 - width(front); width(string(rest)) > room && len(rest) > 0; {
		rest = rest[1:]
	}
	return front + "…" + string(rest)
}

// head is as much of the beginning of s as fits into n columns.
func head(s string, n int) string {
	used := 0
	for i, r := range s {
		if used += runeWidth(r); used > n {
			return s[:i]
		}
	}
	return s
}

// pad fills s with spaces to n columns; padLeft puts them before it.
func pad(s string, n int) string     { return s + strings.Repeat(" ", max(n-width(s), 0)) }
func padLeft(s string, n int) string { return strings.Repeat(" ", max(n-width(s), 0)) + s }

// wrap breaks s into lines of at most n columns. A word longer than that stays whole, and so do a number and its unit.
func wrap(s string, n int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range phrases(s) {
		w := width(word)
		if line != "" && used+1+w <= n {
			line, used = line+" "+word, used+1+w
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		line, used = word, w
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// phrases are the words of s, with units left at their numbers.
func phrases(s string) []string {
	var all []string
	for word := range strings.FieldsSeq(s) {
		last := len(all) - 1
		if last >= 0 && units[strings.TrimRight(word, ".,;:)")] && strings.ContainsAny(all[last][len(all[last])-1:], "0123456789") {
			all[last] += " " + word
		} else {
			all = append(all, word)
		}
	}
	return all
}

var units = map[string]bool{"µs": true, "ms": true, "s": true, "min": true, "h": true, "days": true, "%": true}
