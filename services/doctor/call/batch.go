package call

import (
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// Items is how many things a call asks for at once. What it has in common with the next one like it (the columns wanted, the states
// allowed) is no batch, however long a list it is. Where a statement hides its values, a list of fewer than five is taken for such, unless
// the statement has no other values.
func (c *Call) Items(next *Call) int {
	most := c.items
	if c.many {
		most = max(most, 2)
	}
	if st := c.Statement; st != nil && (c.Key == "" || c.valuesBeside()) && !IsJSON(st.Template) {
		if st.longest >= 5 || st.Sole {
			most = max(most, st.longest)
		}
		return most
	}
	own, others := c.listed(), next.listed()
	for i, list := range own {
		size := listLength(list)
		if c.Key == "" && size >= 5 || c.Key != "" && (i >= len(others) || others[i] != list) {
			most = max(most, size)
		}
	}
	return most
}

// valuesBeside reports a statement that hides its values, while other attributes show them.
func (c *Call) valuesBeside() bool {
	return c.Statement != nil && len(c.Key) > len(c.Span.Get(trace.DBText))
}

// LongestList is how many values the longest of the call's lists has, or an attribute says that it asks for; at least 1.
func (c *Call) LongestList() int {
	most := c.items
	for _, list := range c.listed() {
		most = max(most, listLength(list))
	}
	return most
}

func listLength(list string) int { return 1 + strings.Count(list, ",") + strings.Count(list, "%2C") }

// listed are the lists that a call names: the values of each parameter of a URL and of each list in its path, of each IN (…) of a
// statement, of each list of values in a document, and the fields that a command asks for.
func (c *Call) listed() []string {
	text := c.Span.Get(trace.DBText)
	switch {
	case !c.Store:
		return urlLists(c.Key)
	case manyFields[FirstWord(text)]:
		return []string{strings.Join(strings.Fields(text)[min(2, len(strings.Fields(text))):], ",")}
	case IsJSON(text):
		return jsonLists(text)
	}
	return listsIn(text)
}

func urlLists(url string) (lists []string) {
	path, query, _ := strings.Cut(url, "?")
	if strings.Contains(path, ",") {
		lists = append(lists, strings.Split(path, "/")...)
	}
	last := ""
	for i, pair := range Parameters(query) { // in order of keys
		key, value, _ := strings.Cut(pair, "=")
		if i > 0 && key == last {
			lists[len(lists)-1] += "," + value
			continue
		}
		lists, last = append(lists, value), key
	}
	return lists
}

// jsonLists are the contents of a text's […] that hold nothing but values.
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

// listsIn are the contents of a statement's IN (…), but for subqueries.
func listsIn(text string) (lists []string) {
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
