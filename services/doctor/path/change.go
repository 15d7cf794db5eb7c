package path

import "spanwise/doctor/trace"

// A Change is one thing that could have been otherwise in a request. Changes combine: [Model.Replay] takes
// any number of them.
type Change struct {
	sort  sort
	spans []*trace.Span
	n     int64
}

type sort uint8

const (
	lasting sort = iota
	exactly
	shorter
	without
	atMost
)

// Lasting makes s take d µs, if that is less than it took.
func Lasting(s *trace.Span, d int64) Change {
	return Change{lasting, []*trace.Span{s}, max(d, 0)}
}

// Exactly makes s take d µs, more or less than it took.
func Exactly(s *trace.Span, d int64) Change {
	return Change{exactly, []*trace.Span{s}, max(d, 0)}
}

// Shorter takes up to d µs of its own time away from s: time during which none of the children runs that it waited for.
func Shorter(s *trace.Span, d int64) Change {
	return Change{shorter, []*trace.Span{s}, max(d, 0)}
}

// Without takes spans away as if they had never been, with the pause before each.
func Without(spans ...*trace.Span) Change { return Change{without, spans, 0} }

// Together starts spans, all children of one parent, when the first of them starts.
func Together(spans ...*trace.Span) Change { return AtMost(len(spans), spans...) }

// AtMost starts spans, all children of one parent, from when the first of them starts, k at a time in their old order.
func AtMost(k int, spans ...*trace.Span) Change { return Change{atMost, spans, int64(max(k, 1))} }
