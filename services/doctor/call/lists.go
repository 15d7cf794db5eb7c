package call

import (
	"slices"
	"strings"
)

// tuples counts the rows of a VALUES list: the brackets that follow it with commas between.
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

// apart reports whether a function makes many things of one value, by what such functions are called in all dialects: unnest, openjson,
// json_each, string_split, array_contains.
func apart(function string) bool {
	return ContainsAny(function, "unnest", "json", "array", "split", "xml")
}

// takesList reports whether a statement names things by a list that is one value: = ANY(?), array_contains(?, id), FROM openjson(?).
func takesList(words []string) bool {
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
		case apart(function):
			if ContainsAny(function, "unnest", "contains") || i >= 2 && slices.Contains([]string{"from", "join", "in", "lateral", "apply"}, words[i-2]) {
				return true
			}
		}
	}
	return false
}

// inLists counts the values in the longest list, IN (…) or a = ? OR a = ?, and says whether all values of the statement stand in such lists,
// but for those that bound its rows.
func inLists(words []string) (longest int, only bool) {
	depth, inside, size, values, listed := 0, 0, 0, 0, 0 // inside is the depth of the list, 0 outside of one
	same := map[string]int{}                             // values that each column is compared with
	for i, w := range words {
		switch {
		case w == "(":
			if depth++; inside == 0 && i > 0 && words[i-1] == "in" && !after(words, i, "select") && !after(words, i, "with") {
				inside, size = depth, 0
			}
		case w == ")":
			if depth--; depth < inside {
				inside = 0
			}
		case w != "?" || bounds(words[:i]):
		case inside > 0:
			size++
			values++
			listed++
			longest = max(longest, size)
		default:
			values++
			if i > 1 && words[i-1] == "=" {
				same[qualified(words[:i-1])]++
			}
		}
	}
	for _, n := range same {
		if n > 1 {
			listed += n
			longest = max(longest, n)
		}
	}
	return longest, longest > 0 && listed == values
}

// qualified is the column at the end of words, with its table.
func qualified(words []string) string {
	start := len(words) - 1
	for start > 1 && words[start-1] == "." {
		start -= 2
	}
	return strings.Join(words[start:], "")
}

// bounds reports whether what comes next says how many rows are wanted.
func bounds(words []string) bool {
	for len(words) > 0 && words[len(words)-1] == "(" {
		words = words[:len(words)-1]
	}
	return len(words) > 0 && slices.Contains([]string{"limit", "offset", "top", "next", "first"}, words[len(words)-1])
}
