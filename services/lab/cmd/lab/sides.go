package main

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// between keeps two waterfalls apart.
const between = "  │  "

// beside returns how wide each of two waterfalls may be to stand beside the other, and 0 if that is too narrow to read.
func beside(width int) int {
	side := (width - utf8.RuneCountInString(between)) / 2
	if side < 60 {
		return 0
	}
	return side
}

// arrange sets texts side by side if there are two and they fit into width, else one below the other.
func arrange(texts []string, width int) string {
	side := beside(width)
	if len(texts) != 2 || side == 0 {
		return strings.Join(texts, "")
	}
	left, right := lines(texts[0]), lines(texts[1])
	var b strings.Builder
	for i := range max(len(left), len(right)) {
		l, r := at(left, i), at(right, i)
		gap := strings.Repeat(" ", max(side-shown(l), 0))
		b.WriteString(strings.TrimRight(l+gap+between+r, " ") + "\n")
	}
	return b.String() + "\n"
}

func lines(text string) []string { return strings.Split(strings.TrimRight(text, "\n"), "\n") }

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

var escape = regexp.MustCompile("\x1b\\[[0-9;]*m")

// shown is how many columns a line takes.
func shown(line string) int { return utf8.RuneCountInString(escape.ReplaceAllString(line, "")) }

// wrap breaks text into lines of at most width columns, as long as no word is longer.
func wrap(text string, width int) string {
	var b strings.Builder
	used := 0
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case used == 0:
		case used+1+n > width:
			b.WriteByte('\n')
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
	}
	return b.String()
}
