package rule

import (
	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
)

var pagination = Rule{
	Kind:  "pagination",
	Lead:  "{service} fetches a list[ from {callee}] in {n} small pages",
	Title: "A long list fetched in many small pages, one after another",
	Doc: `One span makes the same call at least three times, one after another, and the calls differ only in where
they continue: a query parameter such as page, offset, after or cursor, the OFFSET of a statement, or the column
that it orders by, starting after the last value seen. Or each call fetches more from the same cursor or scan
(FETCH, getMore, SCAN), or is an operation of AWS that lists. It looks like an N+1 but is not: the calls fetch one list. If the trace hides the values,
it is enough that the call has such a parameter.

Saving: the low estimate makes pages ten times as large, keeps at least two of them, and lets each take half as
long again. The high one fetches everything in one page, as fast as a page takes now.

What can mislead it: a caller that stops as soon as it finds what it needs, and hidden values: the first pages of
several lists look like the pages of one.`,
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
		cursor := call.CursorMethod(first.Cursor) != ""
		s := Suspicion{Spans: l.Units}
		s.Service, s.Operation, s.Callee, s.Count = l.Parent.Service, l.Parent.Name, first.Callee, n
		s.Saving.Basis, s.Confidence, s.Evidence = finding.Structural, finding.High, finding.Sufficient
		s.Unless = "the caller stops as soon as it finds what it needs"
		how := "each continuing where the previous one ended"
		if _, known := l.Keys(); !known {
			s.Confidence, how = finding.Medium, "each of which can continue where the previous one ended, although the trace hides where"
			if !cursor {
				s.Unless += ", or each fetches the first page of a different list"
			}
		}
		larger := max(2, (n+9)/10)
		s.Low = []path.Change{path.Removed(l.Units[min(larger+larger/2, n-1):]...)}
		s.High = []path.Change{path.Removed(l.Units[1:]...)}
		s.Reason("%d × %s under `%s`, %s (`%s`): %s of the request",
			n, first.Describe(), l.Parent.Name, how, key, evidence.Percent(e.Share(l.OnPath)))
		s.Fix = "request larger pages, or let the callee filter so that one page is enough"
		if cursor {
			s.Fix = "fetch more at a time (the driver's fetch size or batch size, COUNT), or filter so that one fetch is enough"
		}
		found = append(found, s)
	}
	return found
}
