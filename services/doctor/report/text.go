package report

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"spanwise/doctor/trace"
)

// durationRange writes a range of µs, with the unit once if both ends have the same: "280 to 310 ms".
func durationRange(low, high trace.Micros) string {
	a, b := low.String(), high.String()
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
func ratio(part, total trace.Micros) float64 {
	if total <= 0 {
		return 0
	}
	return float64(part) / float64(total)
}

// Thousands writes n with commas between groups of three digits.
func Thousands(n int) string {
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
	return Thousands(n) + " " + noun
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

// printable replaces the characters in text of unknown origin that could move the cursor, reverse text, or break a line.
func printable(s string) string {
	if visibleASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp):
			return '·'
		}
		return r
	}, s)
}

// visibleASCII reports whether s is visible ASCII, as nearly all names are: in a large trace, looking at each rune takes a while.
func visibleASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// A run is a piece of a finding's text: words, or a name or statement that they quote.
type run struct {
	Text string
	Code bool
}

// prose splits a finding's text at its backquotes.
func prose(s string) []run {
	var runs []run
	for i, text := range strings.Split(printable(s), "`") {
		code := i%2 == 1
		if !code {
			text = unbroken(text)
		}
		if text != "" {
			runs = append(runs, run{text, code})
		}
	}
	return runs
}

// unbroken joins each number and its unit with a no-break space.
func unbroken(s string) string { return beforeUnit.ReplaceAllString(s, "$1\u00a0$2$3") }

var beforeUnit = regexp.MustCompile(`(\d) (µs|ms|s|min|h|days|%)(\PL|$)`)

// Wrap breaks text into lines of at most width columns, between words unless one is longer than a line.
func Wrap(text string, width int) string { return strings.Join(wrap(text, width), "\n") }

// wrap breaks s into lines of at most n columns, between words unless one is longer than a line. A number stays with its unit.
func wrap(s string, n int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.FieldsFunc(unbroken(s), func(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' }) {
		word = strings.ReplaceAll(word, "\u00a0", " ")
		w := width(word)
		if line != "" && used+1+w <= n {
			line, used = line+" "+word, used+1+w
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for width(word) > n && head(word, n) != "" {
			part := head(word, n)
			lines, word = append(lines, part), word[len(part):]
		}
		line, used = word, width(word)
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// width is how many columns s takes on a terminal.
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
		r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6,
		r >= 0x1f300 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
		return 2 // East Asian wide and full width (Unicode TR 11), and emoji
	}
	return 1
}

// squeeze shortens s to n columns by cutting out its middle: the ends of a long name say most.
func squeeze(s string, n int) string {
	if width(s) <= n {
		return s
	}
	front := head(s, (n-1)*2/5)
	return front + "…" + tail(s, n-1-width(front))
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

// tail is as much of the end of s as fits into n columns.
func tail(s string, n int) string {
	for i := len(s); i > 0; {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if n -= runeWidth(r); n < 0 {
			return s[i:]
		}
		i -= size
	}
	return s
}

// pad fills s with spaces to n columns; padLeft puts them before it.
func pad(s string, n int) string     { return s + strings.Repeat(" ", max(n-width(s), 0)) }
func padLeft(s string, n int) string { return strings.Repeat(" ", max(n-width(s), 0)) + s }
