package report

import (
	"regexp"
	"strings"
	"unicode"
)

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
		code := i%2 == 1
		if !code {
			text = unbroken(text)
		}
		if text != "" {
			parts = append(parts, part{text, code})
		}
	}
	return parts
}

// unbroken keeps each number with its unit where somebody else breaks the lines.
func unbroken(s string) string { return beforeUnit.ReplaceAllString(s, "$1\u00a0$2$3") }

var beforeUnit = regexp.MustCompile(`(\d) (µs|ms|s|min|h|days|%)(\PL|$)`)
