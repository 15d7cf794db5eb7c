package explore

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"spanwise/doctor/report"
)

// Limits of texts in bytes. Whole values are in the download.
const (
	maxName  = 500
	maxValue = 8000
)

// label is a name that can be shown anywhere; an empty one is named.
func label(name, empty string) string {
	if strings.TrimSpace(name) == "" {
		return empty
	}
	return clip(report.Printable(name), maxName)
}

// visible is a value that can be shown in several lines. Characters that cannot be seen, or that reorder others, are written as their number.
func visible(value string) string {
	short := clip(value, maxValue)
	if strings.IndexFunc(short, hidden) < 0 {
		return short
	}
	var b strings.Builder
	for _, r := range short {
		if hidden(r) {
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// hidden reports control characters but for tabs and line breaks, and those that change the direction of text (Unicode TR 9).
func hidden(r rune) bool {
	if r == '\n' || r == '\t' {
		return false
	}
	return unicode.IsControl(r) || r == utf8.RuneError || unicode.In(r, unicode.Bidi_Control)
}

// clip cuts a text to a number of bytes, and says how many there were.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	end := most
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return fmt.Sprintf("%s… (%d of %d bytes)", s[:end], end, len(s))
}

func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
