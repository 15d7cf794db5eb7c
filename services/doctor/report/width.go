package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

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
