package evidence

import (
	"fmt"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// Ms formats a duration in µs for a reader: 870 µs, 12.4 ms, 1.87 s.
func Ms(us int64) string {
	switch {
	case us < 1000:
		return fmt.Sprintf("%d µs", us)
	case us < 100_000:
		return fmt.Sprintf("%.1f ms", float64(us)/1000)
	case us < 1_000_000:
		return fmt.Sprintf("%.0f ms", float64(us)/1000)
	}
	return fmt.Sprintf("%.2f s", float64(us)/1_000_000)
}

// Percent formats a share: 47 %.
func Percent(share float64) string { return fmt.Sprintf("%.0f %%", share*100) }

// Describe names what a span requests: a call's template, otherwise the span's name.
func (e *Exam) Describe(s *trace.Span) string {
	if c := e.CallOf[s.Index]; c != nil {
		return "`" + c.Name() + "`"
	}
	return "`" + call.Shorten(s.Name) + "`"
}

// OperationAround is the name of the operation that made a call.
func OperationAround(s *trace.Span) string {
	if s.Parent != nil {
		return s.Parent.Name
	}
	return s.Name
}

// Times counts things: 1 call, 2 calls.
func Times(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
