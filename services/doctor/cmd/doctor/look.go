package main

import (
	"cmp"
	"io"
	"os"
	"strconv"

	"golang.org/x/term"

	"spanwise/doctor/report"
)

// look finds out how wide stdout is and whether it shows colours. COLUMNS wins over the window, NO_COLOR
// (https://no-color.org) over everything, and what is not a terminal gets neither colour nor more than 100 columns.
func look(stdout io.Writer, getenv func(string) string) report.Look {
	l := report.Look{Width: 100}
	if f, ok := stdout.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		width, _, err := term.GetSize(int(f.Fd()))
		if err == nil && width > 0 {
			l.Width = width
		}
		l.Color = getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
	}
	asked, _ := strconv.Atoi(getenv("COLUMNS"))
	l.Width = cmp.Or(max(asked, 0), l.Width)
	return l
}
