package call

import (
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// Items returns how many items a call requests at once. A list that it has in common with the next similar call (of columns, of permitted
// states) is not a batch, however long. If a statement hides its values, a list of fewer than five counts as such a list, unless the
// statement has no other values.
func (c *Call) Items(next *Call) int {
	most := c.items
	if c.batch {
		most = max(most, 2)
	}
	if st := c.Statement; st != nil && (c.Key == "" || c.keyHasArguments()) && !IsJSON(st.Template) {
		if st.longest >= 5 || st.OnlyLists {
			most = max(most, st.longest)
		}
		return most
	}
	own, others := c.lists(), next.lists()
	for i, list := range own {
		size := listLength(list)
		if c.Key == "" && size >= 5 || c.Key != "" && (i >= len(others) || others[i] != list) {
			most = max(most, size)
		}
	}
	return most
}

// keyHasArguments reports whether a statement hides its values, but other attributes show them.
func (c *Call) keyHasArguments() bool {
	return c.Statement != nil && len(c.Key) > len(c.Span.Get(trace.DBText))
}

// LongestList returns how many values the longest of the call's lists has, or how many items an attribute states; at least 1.
func (c *Call) LongestList() int {
	most := c.items
	for _, list := range c.lists() {
		most = max(most, listLength(list))
	}
	return most
}

func listLength(list string) int { return 1 + strings.Count(list, ",") + strings.Count(list, "%2C") }

// lists returns the lists in a call: the values of each parameter of a URL, the lists in its path, the IN (…) of a statement, the lists of
// values in a document, or the fields that a command gets.
func (c *Call) lists() []string {
	text := c.Span.Get(trace.DBText)
	switch {
	case !c.Store && c.Span.Get(trace.RPCMethod) != "": // the key is a name
		return nil
	case !c.Store:
		return urlLists(c.Key)
	case fieldCommands[FirstWord(text)]:
		words := strings.Fields(text)
		return []string{strings.Join(words[min(2, len(words)):], ",")}
	case IsJSON(text):
		return jsonLists(text)
	}
	return sqlLists(text)
}

func urlLists(url string) (lists []string) {
	path, query, _ := strings.Cut(url, "?")
	if strings.Contains(path, ",") {
		lists = append(lists, strings.Split(path, "/")...)
	}
	last := ""
	for i, pair := range Parameters(query) { // sorted
		key, value, _ := strings.Cut(pair, "=")
		if i > 0 && key == last {
			lists[len(lists)-1] += "," + value
			continue
		}
		lists, last = append(lists, value), key
	}
	return lists
}

// jsonLists returns the contents of each […] that contains only values.
func jsonLists(text string) (lists []string) {
	for {
		_, rest, found := strings.Cut(text, "[")
		if !found {
			return lists
		}
		end := strings.IndexAny(rest, "[]{")
		if end >= 0 && rest[end] == ']' {
			lists = append(lists, rest[:end])
		}
		text = rest
	}
}

// sqlLists returns the contents of each IN (…), except subqueries.
func sqlLists(text string) (lists []string) {
	for {
		head, rest, found := strings.Cut(text, "(")
		if !found {
			return lists
		}
		text = rest
		words := strings.Fields(head)
		if len(words) == 0 || !strings.EqualFold(words[len(words)-1], "in") {
			continue
		}
		list, after, closed := strings.Cut(rest, ")")
		if !closed {
			return lists
		}
		if !slices.Contains([]string{"select", "with"}, FirstWord(list)) {
			lists, text = append(lists, list), after
		}
	}
}
