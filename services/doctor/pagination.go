package doctor

import (
	"fmt"
	"strings"

	"spanwise/doctor/path"
)

var pagination = rule{
	kind:  Pagination,
	title: "A long list fetched in many small pages, one after another",
	doc: `One span makes the same call at least three times, one after another, and the calls differ only in
where they continue: a query parameter such as page, offset, after, or cursor, or the OFFSET of a statement. It
looks like an N+1 and is not: the calls fetch one list.

Saving: the cautious figure makes pages ten times as large, but leaves two; the other fetches all at once. The
pages that remain last as long as they do now. Larger pages take longer themselves, so expect less.

What fools it: a caller that stops as soon as it has found what it looks for.`,
	find: findPagination,
}

func findPagination(e *exam) []suspicion {
	var found []suspicion
	for _, l := range e.loops(3) {
		key := l.pageKey()
		if key == "" {
			continue
		}
		n, first := len(l.units), l.calls[0]
		s := suspicion{spans: l.units}
		s.Service, s.Operation, s.Callee, s.Count = l.parent.Service, l.parent.Name, first.callee, n
		s.Saving.Basis, s.Confidence, s.Evidence = Structural, High, Sufficient
		s.low = []path.Change{path.Without(l.units[max(2, (n+9)/10):]...)}
		s.high = []path.Change{path.Without(l.units[1:]...)}
		s.Because = fmt.Sprintf("%d × %s under `%s`, each continuing where the one before ended (`%s`): %s of the request",
			n, first.asked(), l.parent.Name, key, percent(e.share(l.path)))
		s.Unless = "the caller stops as soon as it has found what it looks for"
		s.Fix = "ask for larger pages, or let the callee filter so that one page is enough"
		found = append(found, s)
	}
	return found
}

// pageKeys are the parameters by which lists are continued.
var pageKeys = map[string]bool{
	"page": true, "pagenumber": true, "page[number]": true, "offset": true, "page[offset]": true, "start": true, "startindex": true, "skip": true,
	"after": true, "page[after]": true, "afterid": true, "startafter": true, "before": true, "from": true, "since": true, "sinceid": true, "lastid": true,
	"cursor": true, "marker": true, "token": true, "pagetoken": true, "next": true, "nexttoken": true, "continuation": true, "continuationtoken": true,
	"startkey": true,
}

func (l *loop) paging() bool { return l.pageKey() != "" }

// pageKey is the one thing in which the loop's calls differ, if lists are continued by it; "" otherwise.
func (l *loop) pageKey() string {
	different, known := l.keys()
	if !known || len(l.units) != len(l.calls) || different*2 <= len(l.calls) || l.sideBySide() >= 1.5 {
		return ""
	}
	if l.calls[0].store {
		return l.offsets()
	}
	varying := ""
	before := queryOf(l.calls[0].which)
	for _, c := range l.calls[1:] {
		now := queryOf(c.which)
		for key, value := range now {
			if before[key] == value {
				continue
			}
			if varying != "" && varying != key {
				return ""
			}
			varying = key
		}
		before = now
	}
	if pageKeys[strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(varying))] {
		return varying
	}
	return ""
}

// offsets recognises statements that differ in their OFFSET alone.
func (l *loop) offsets() string {
	head := ""
	for _, c := range l.calls {
		text := strings.ToLower(c.which)
		i := strings.LastIndex(text, "offset")
		if i < 0 || head != "" && text[:i] != head {
			return ""
		}
		head = text[:i]
	}
	return "OFFSET"
}

// queryOf splits a key into its path, under "", and its query parameters.
func queryOf(which string) map[string]string {
	path, query, _ := strings.Cut(which, "?")
	m := map[string]string{"": path}
	for _, pair := range parameters(query) {
		key, value, _ := strings.Cut(pair, "=")
		m[key] = value
	}
	return m
}
