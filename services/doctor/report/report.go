// Package report shows what the doctor found: [Terminal] to a person at a prompt, [HTML] and [Markdown] to the people
// they share it with, [JSON] to programs. [Ranking] sums up many traces and [Compare] compares two sets of traces.
//
// The data flows one way. A trace and its report become a view, which holds all the words, and a waterfall; terminal.go,
// markdown.go and html.go lay them out. The reports of one trace are the same every time, byte for byte.
package report

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strconv"

	"golang.org/x/term"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// A Look is how a text report should look and what it may refer to.
type Look struct {
	Width   int      // columns; at least 40 are used
	Color   bool     // ANSI colours
	Program string   // how the command was called; "doctor" if empty
	From    []string // the flags that name the server, such as -jaeger URL, unless it is the command's default
	All     bool     // spell out what is otherwise only named
	Source  []string // arguments that make the command read the same traces again; for the next steps
	Pages   string   // the address of traces' pages, to which the id is added; empty if unknown
	Rows    int      // of a waterfall, at most; 60 if 0
	Tools   bool     // for a program that calls tools, such as a language model: an outline instead of bars, and no commands to type
}

// more is how to see what is only named.
func (l Look) more() string {
	if l.Tools {
		return `"all" lists them`
	}
	return "see -all"
}

// TerminalLook finds out how wide stdout is and whether it shows colours. COLUMNS overrides the terminal's width, and NO_COLOR
// (https://no-color.org) turns colours off. Anything but a terminal has 100 columns and no colours.
func TerminalLook(stdout io.Writer, getenv func(string) string) Look {
	l := Look{Width: 100}
	if f, ok := stdout.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		width, _, err := term.GetSize(int(f.Fd()))
		if err == nil && width > 0 {
			l.Width = width
		}
		l.Color = getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
	}
	columns, _ := strconv.Atoi(getenv("COLUMNS"))
	l.Width = cmp.Or(max(columns, 0), l.Width)
	return l
}

// A Case is a trace and the doctor's report on it.
type Case struct {
	Trace      *trace.Trace
	Service    string // whose traces were asked for, if they were: if services keep different shares, its share counts
	Report     doctor.Report
	Violations []string // of the caller's gates, in words
}

// Shown is how many findings a report spells out; it only names the rest.
const Shown = 5

// mostNotes is how many notes a report for people spells out. One more is not worth a line that counts it.
const mostNotes = 5

// fewNotes returns the notes to spell out, and how many are left: a hundred skewed clocks make a hundred notes.
func fewNotes(notes []string, all bool) (few []string, rest int) {
	if all || len(notes) <= mostNotes+1 {
		return notes, 0
	}
	return notes[:mostNotes], len(notes) - mostNotes
}

// noteLines are the notes that a text report prints.
func (l Look) noteLines(notes []string) []string {
	few, rest := fewNotes(notes, l.All)
	if rest == 0 {
		return few
	}
	return append(few[:len(few):len(few)], fmt.Sprintf("and %s more (%s)", Thousands(rest), l.more()))
}
