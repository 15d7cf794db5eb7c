package evidence

import "spanwise/doctor/call"

// PageKey is the parameter, column or cursor by which each call continues a list where the previous one ended, if
// the calls differ in nothing else; "" if there is none. If the trace hides the values, it is enough that the
// template has one.
func (l *Loop) PageKey() string {
	last := l.Calls[len(l.Calls)-1] // the first page may lack the key
	if len(l.Units) != len(l.Calls) || l.Concurrency() >= 1.5 {
		return ""
	}
	switch different, known := l.Keys(); {
	case !known:
		return last.HiddenCursor()
	case different == 1 && call.CursorMethod(last.Cursor) != "":
		return last.Cursor
	case different*2 <= len(l.Calls):
		return ""
	}
	key := ""
	for i := 1; i < len(l.Calls); i++ {
		before, now := l.Calls[i-1].Key, l.Calls[i].Key
		if before == now || i == 1 && before == call.WithoutCursor(now) {
			continue // the first page has no key
		}
		word := last.PageParameter(call.Difference(before, now))
		if word == "" || key != "" && key != word {
			return ""
		}
		key = word
	}
	return key
}

// Paging reports whether the loop fetches one list in pages.
func (l *Loop) Paging() bool { return l.PageKey() != "" }
