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
