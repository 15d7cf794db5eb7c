package doctor

import (
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// batch is how many things the middle one of the loop's calls asks for at once. What all calls have in common (the columns
// wanted, the states allowed) is no batch, however long a list it is; so each call is compared with the next. Where the values are
// hidden, a list of fewer than five is taken for such.
func (l *loop) batch() int {
	sizes := make([]int64, len(l.calls))
	for i, c := range l.calls {
		sizes[i] = int64(c.asksFor(l.calls[(i+1)%len(l.calls)]))
	}
	return int(median(sizes))
}

func (c *call) asksFor(next *call) int {
	own, others := c.listed(), next.listed()
	most := c.items
	for i, list := range own {
		size := listLength(list)
		if c.which == "" && size >= 5 || c.which != "" && (i >= len(others) || others[i] != list) {
			most = max(most, size)
		}
	}
	return most
}

// longestList is how many values the longest of the call's lists has, or an attribute says that it asks for; at least 1.
func (c *call) longestList() int {
	most := c.items
	for _, list := range c.listed() {
		most = max(most, listLength(list))
	}
	return most
}

func listLength(list string) int { return 1 + strings.Count(list, ",") + strings.Count(list, "%2C") }

// listed are the lists that a call names: the values of each parameter of a URL, and of each IN (…) of a statement.
func (c *call) listed() []string {
	if c.store {
		return inLists(c.span.Get(trace.DBText))
	}
	_, query, _ := strings.Cut(c.which, "?")
	var lists []string
	last := ""
	for _, pair := range parameters(query) { // in order of keys
		key, value, _ := strings.Cut(pair, "=")
		if key == last {
			lists[len(lists)-1] += "," + value
			continue
		}
		lists, last = append(lists, value), key
	}
	return lists
}

// inLists are the contents of a statement's IN (…), but for subqueries.
func inLists(text string) (lists []string) {
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
		if closed && !slices.Contains([]string{"select", "with"}, firstWord(list)) {
			lists, text = append(lists, list), after
		}
	}
}
