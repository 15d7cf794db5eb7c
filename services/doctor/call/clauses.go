package call

import (
	"slices"
	"strings"
)

// tuples counts the rows of a VALUES list.
func tuples(words []string) (rows int) {
	start := slices.Index(words, "values")
	if start < 0 {
		return 0
	}
	depth := 0
	for _, w := range words[start+1:] {
		switch {
		case w == "(":
			if depth++; depth == 1 {
				rows++
			}
		case w == ")":
			depth--
		case depth == 0 && w != ",":
			return rows
		}
		if depth < 0 {
			return rows
		}
	}
	return rows
}

// expands reports whether a function makes many values of one, by the names of such functions in all dialects: unnest, openjson,
// json_each, string_split, array_contains.
func expands(function string) bool {
	return ContainsAny(function, "unnest", "json", "array", "split", "xml")
}

// hasListParameter reports whether a statement takes a list as one value: = ANY(?), array_contains(?, id), FROM openjson(?).
func hasListParameter(words []string) bool {
	for i := 1; i < len(words); i++ {
		if words[i] != "(" {
			continue
		}
		const most = 64 // words
		end := i + max(0, slices.Index(words[i:min(len(words), i+most)], ")"))
		if !slices.Contains(words[i:end], "?") {
			continue
		}
		switch function := words[i-1]; {
		case function == "any" || function == "all" || function == "some":
			return words[i+1] != "select"
		case expands(function):
			if ContainsAny(function, "unnest", "contains") || i >= 2 && slices.Contains([]string{"from", "join", "in", "lateral", "apply"}, words[i-2]) {
				return true
			}
		}
	}
	return false
}

// inLists counts the values in the longest list, IN (…) or a = ? OR a = ?, and reports whether all values of the statement are in such
// lists. Values that limit the number of rows do not count.
func inLists(words []string) (longest int, only bool) {
	depth, inside, size, values, listed := 0, 0, 0, 0, 0 // inside is the depth of the list, 0 outside of one
	byColumn := map[string]int{}                         // how many values each column is compared with
	for i, w := range words {
		switch {
		case w == "(":
			if depth++; inside == 0 && i > 0 && words[i-1] == "in" && !followedBy(words, i, "select") && !followedBy(words, i, "with") {
				inside, size = depth, 0
			}
		case w == ")":
			if depth--; depth < inside {
				inside = 0
			}
		case w != "?" || limitsRows(words[:i]):
		case inside > 0:
			size++
			values++
			listed++
			longest = max(longest, size)
		default:
			values++
			if i > 1 && words[i-1] == "=" {
				byColumn[lastColumn(words[:i-1])]++
			}
		}
	}
	for _, n := range byColumn {
		if n > 1 {
			listed += n
			longest = max(longest, n)
		}
	}
	return longest, longest > 0 && listed == values
}

// lastColumn returns the column at the end of words, with its table.
func lastColumn(words []string) string {
	start := len(words) - 1
	for start > 1 && words[start-1] == "." {
		start -= 2
	}
	return strings.Join(words[start:], "")
}

// limitsRows reports whether the value after words limits the number of rows.
func limitsRows(words []string) bool {
	for len(words) > 0 && words[len(words)-1] == "(" {
		words = words[:len(words)-1]
	}
	return len(words) > 0 && slices.Contains([]string{"limit", "offset", "top", "next", "first"}, words[len(words)-1])
}

// cursorOf returns the word or the column by which a statement continues where another one ended, or "" if it does not. Pages have an
// order; a single row may have an OFFSET, too, because some mappers write OFFSET 0.
func cursorOf(words []string) string {
	if words[0] == "fetch" {
		return "FETCH"
	}
	order := orderBy(words)
	if order == "" {
		return ""
	}
	limited := hasAny(words, "limit", "fetch", "top")
	for i, w := range words {
		switch {
		case w == "offset" && followedBy(words, i, "?") && !oneRow(words):
			return "OFFSET"
		case w == "limit" && followedBy(words, i, "?", ",", "?") && !oneRow(words):
			return "LIMIT"
		case limited && slices.Contains([]string{">", "<", ">=", "<="}, w) && (followedBy(words, i, "?") || followedBy(words, i, "(", "?")) &&
			columnBefore(words, i) == order:
			return order
		}
	}
	return ""
}

// followedBy reports whether words has next after index i.
func followedBy(words []string, i int, next ...string) bool {
	return len(words) > i+len(next) && slices.Equal(words[i+1:i+1+len(next)], next)
}

// columnBefore returns the column to the left of a comparison, or the first of several: a for (a, b) > (?, ?).
func columnBefore(words []string, i int) string {
	for i--; i >= 0; i-- {
		switch words[i] {
		case "]":
		case ")":
			const most = 32 // words
			open := i
			for open > max(0, i-most) && words[open] != "(" {
				open--
			}
			return firstColumn(words[open+1 : i])
		default:
			return strings.Trim(words[i], "\"`")
		}
	}
	return ""
}

// firstColumn returns the column with which words begin, without its table: b for a . "b" desc.
func firstColumn(words []string) (name string) {
	part := true // the next word is a part of the name
	for _, w := range words {
		switch {
		case w == "[" || w == "]":
		case w == ".":
			part = true
		case !part:
			return name
		default:
			name, part = strings.Trim(w, "\"`"), false
		}
	}
	return name
}

// orderBy returns the first column of a statement's ORDER BY, or "" if it has none.
func orderBy(words []string) string {
	for i := 1; i+1 < len(words); i++ {
		if words[i-1] == "order" && words[i] == "by" {
			return firstColumn(words[i+1:])
		}
	}
	return ""
}
