package main

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// gutter separates two columns.
const gutter = "  │  "

// columnWidth returns the width of each of two columns side by side, or 0 if they would be too narrow to read.
func columnWidth(width int) int {
	column := (width - utf8.RuneCountInString(gutter)) / 2
	if column < 60 {
		return 0
	}
	return column
}

// arrange places two texts side by side if they fit into width; otherwise, and if there are not two, one below the other.
func arrange(texts []string, width int) string {
	column := columnWidth(width)
	if len(texts) != 2 || column == 0 {
		return strings.Join(texts, "")
	}
	left, right := lines(texts[0]), lines(texts[1])
	n := max(len(left), len(right))
	left, right = append(left, make([]string, n-len(left))...), append(right, make([]string, n-len(right))...)
	var b strings.Builder
	for i, l := range left {
		padding := strings.Repeat(" ", max(column-shownWidth(l), 0))
		b.WriteString(strings.TrimRight(l+padding+gutter+right[i], " ") + "\n")
	}
	return b.String() + "\n"
}

func lines(text string) []string { return strings.Split(strings.TrimRight(text, "\n"), "\n") }

var escape = regexp.MustCompile("\x1b\\[[0-9;]*m")

// shownWidth returns the number of columns that a line takes on a terminal.
func shownWidth(line string) int { return utf8.RuneCountInString(escape.ReplaceAllString(line, "")) }
