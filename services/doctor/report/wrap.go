package report

import "strings"

// wrap breaks s into lines of at most n columns, between words unless one is longer than a line. A number stays with its unit.
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
