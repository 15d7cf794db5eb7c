package doctor

import (
	"fmt"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
)

var pagination = rule{
	kind:  Pagination,
	title: "A long list fetched in many small pages, one after another",
	doc: `One span makes the same call at least three times, one after another, and the calls differ only in
where they continue: a query parameter such as page, offset, after, or cursor, the OFFSET of a statement, or the
column by which it orders and after whose last value it goes on. Or each asks for more of the same cursor or scan
(FETCH, getMore, SCAN). It looks like an N+1 and is not: the calls fetch one list. Where the trace hides the
values, it is enough that the statement has such a place.

Saving: the cautious figure makes pages ten times as large, but leaves two, and lets each take half as long
again; the other fetches all at once, as fast as one page now.

What fools it: a caller that stops as soon as it has found what it looks for, and hidden values: the first page
for each of several things looks like the pages of one.`,
	find: findPagination,
}

func findPagination(e *exam) []suspicion {
	var found []suspicion
	for _, l := range e.loops() {
		key := l.pageKey()
		if key == "" {
			continue
		}
		n, first := len(l.units), l.calls[0]
		s := suspicion{spans: l.units}
		s.Service, s.Operation, s.Callee, s.Count = l.parent.Service, l.parent.Name, first.Callee, n
		s.Saving.Basis, s.Confidence, s.Evidence = Structural, High, Sufficient
		s.Unless = "the caller stops as soon as it has found what it looks for"
		how := "each continuing where the one before ended"
		if _, known := l.keys(); !known {
			s.Confidence, how = Medium, "each of which can continue where the one before ended, though the trace hides where"
			if call.Cursor(first.Cursor) == "" {
				s.Unless += ", or each is the first page for something else"
			}
		}
		larger := max(2, (n+9)/10)
		s.low = []path.Change{path.Without(l.units[min(larger+larger/2, n-1):]...)}
		s.high = []path.Change{path.Without(l.units[1:]...)}
		s.Because = fmt.Sprintf("%d × %s under `%s`, %s (`%s`): %s of the request",
			n, first.Describe(), l.parent.Name, how, key, percent(e.share(l.path)))
		s.Fix = "ask for larger pages, or let the callee filter so that one page is enough"
		if call.Cursor(first.Cursor) != "" {
			s.Fix = "fetch more at a time (the driver's fetch or batch size, COUNT), or filter so that one fetch is enough"
		}
		found = append(found, s)
	}
	return found
}

func (l *loop) paging() bool { return l.pageKey() != "" }

// pageKey is that by which each of the loop's calls goes on where the one before ended, if the calls differ in nothing else; "" if there
// is no such thing. Where the trace hides the values it is enough that the question has one.
func (l *loop) pageKey() string {
	last := l.calls[len(l.calls)-1] // the first page may lack what the others go on by
	if len(l.units) != len(l.calls) || l.sideBySide() >= 1.5 {
		return ""
	}
	switch different, known := l.keys(); {
	case !known:
		return last.HiddenPage()
	case different == 1 && call.Cursor(last.Cursor) != "":
		return last.Cursor
	case different*2 <= len(l.calls):
		return ""
	}
	key := ""
	for i := 1; i < len(l.calls); i++ {
		before, now := l.calls[i-1].Key, l.calls[i].Key
		if before == now || i == 1 && before == call.WithoutPage(now) {
			continue // the first page goes on from nothing
		}
		word := last.PageWord(call.Difference(before, now))
		if word == "" || key != "" && key != word {
			return ""
		}
		key = word
	}
	return key
}
