package rule

import (
	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
)

var pagination = Rule{
	Kind:  finding.Pagination,
	Title: "A long list fetched in many small pages, one after another",
	Doc: `One span makes the same call at least three times, one after another, and the calls differ only in
where they continue: a query parameter such as page, offset, after, or cursor, the OFFSET of a statement, or the
column by which it orders and after whose last value it goes on. Or each asks for more of the same cursor or scan
(FETCH, getMore, SCAN). It looks like an N+1 and is not: the calls fetch one list. Where the trace hides the
values, it is enough that the statement has such a place.

Saving: the cautious figure makes pages ten times as large, but leaves two, and lets each take half as long
again; the other fetches all at once, as fast as one page now.

What can mislead it: a caller that stops as soon as it has found what it looks for, and hidden values: the first page
for each of several things looks like the pages of one.`,
	Find: findPagination,
}

func findPagination(e *evidence.Exam) []Suspicion {
	var found []Suspicion
	for _, l := range e.Loops() {
		key := l.PageKey()
		if key == "" {
			continue
		}
		n, first := len(l.Units), l.Calls[0]
		s := Suspicion{Spans: l.Units}
		s.Service, s.Operation, s.Callee, s.Count = l.Parent.Service, l.Parent.Name, first.Callee, n
		s.Saving.Basis, s.Confidence, s.Evidence = finding.Structural, finding.High, finding.Sufficient
		s.Unless = "the caller stops as soon as it has found what it looks for"
		how := "each continuing where the one before ended"
		if _, known := l.Keys(); !known {
			s.Confidence, how = finding.Medium, "each of which can continue where the one before ended, though the trace hides where"
			if call.Cursor(first.Cursor) == "" {
				s.Unless += ", or each is the first page for something else"
			}
		}
		larger := max(2, (n+9)/10)
		s.Low = []path.Change{path.Without(l.Units[min(larger+larger/2, n-1):]...)}
		s.High = []path.Change{path.Without(l.Units[1:]...)}
		s.Reason("%d × %s under `%s`, %s (`%s`): %s of the request",
			n, first.Describe(), l.Parent.Name, how, key, evidence.Percent(e.Share(l.OnPath)))
		s.Fix = "ask for larger pages, or let the callee filter so that one page is enough"
		if call.Cursor(first.Cursor) != "" {
			s.Fix = "fetch more at a time (the driver's fetch or batch size, COUNT), or filter so that one fetch is enough"
		}
		found = append(found, s)
	}
	return found
}
