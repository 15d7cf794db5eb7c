package read

import "spanwise/doctor/trace"

// Slabs allocate spans and their attributes many at a time, which saves time and memory. All of them stay in use for as long as the
// traces do.
type slabs struct {
	spans []trace.Span
	attrs []trace.Attr
	list  []trace.Attr // those that are being read
	made  int          // spans so far
}

const slabSize = 128

func (s *slabs) span() *trace.Span {
	if len(s.spans) == 0 {
		s.spans = make([]trace.Span, slabSize)
	}
	s.made++
	next := &s.spans[0]
	s.spans = s.spans[1:]
	return next
}

// attributes makes attributes of a list, which can be used again.
func (s *slabs) attributes(list []trace.Attr) trace.Attrs {
	sorted := trace.NewAttrs(list)
	if len(sorted) > slabSize {
		return append(trace.Attrs(nil), sorted...)
	}
	if len(sorted) > len(s.attrs) {
		s.attrs = make([]trace.Attr, 4*slabSize)
	}
	n := copy(s.attrs, sorted)
	kept := s.attrs[:n:n]
	s.attrs = s.attrs[n:]
	return kept
}
