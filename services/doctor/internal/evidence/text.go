package evidence

import (
	"fmt"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// Texts for the reasons that findings give.

// Percent formats a share: 47 %.
func Percent(share float64) string { return fmt.Sprintf("%.0f %%", share*100) }

// Describe names what a span requests: a call's template, otherwise the span's name.
func (e *Exam) Describe(s *trace.Span) string {
	if c := e.CallOf[s.Index]; c != nil {
		return "`" + c.Name() + "`"
	}
	return "`" + call.Shorten(s.Name) + "`"
}

// OperationAround is the name of the operation that made a call, and not of a proxy that passed it on.
func OperationAround(s *trace.Span) string {
	if s.Remote() {
		asker := s.Asker()
		if !asker.Calling() {
			return asker.Name
		}
		s = asker
	}
	if s.Parent != nil {
		return s.Parent.Name
	}
	return s.Name
}

// hasWord reports whether a name contains one of the words as a whole: an author is not an auth, and a checkout is not a check.
func hasWord(name string, words ...string) bool {
	return slices.ContainsFunc(call.Words(name), func(word string) bool { return slices.Contains(words, word) })
}

// Times counts things: 1 call, 2 calls.
func Times(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
