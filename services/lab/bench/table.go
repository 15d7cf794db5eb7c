package bench

import (
	"fmt"
	"strconv"
	"strings"
)

// Markdown writes figures as a table that can be pasted into a README; a missed target is marked.
func Markdown(m Machine, figures []Figure) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s.\n\n| what | target | measured |\n| --- | --- | --- |\n", m)
	for _, f := range figures {
		missed := ""
		if !f.Met {
			missed = " **missed**"
		}
		fmt.Fprintf(&b, "| %s | %s | %s %s%s |\n", f.Name, f.Target, number(f.Value), f.Unit, missed)
	}
	return b.String()
}

// number writes whole numbers with commas, and others with one digit after the point; small ones with two.
func number(v float64) string {
	switch {
	case v != float64(int64(v)) && v < 10:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v != float64(int64(v)):
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	text := strconv.FormatInt(int64(v), 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
