package rule

import (
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

// retryLayers records which runs of attempts lie within which, in one trace.
type retryLayers struct {
	of     []*evidence.Loop                  // the run that the span is an attempt of, by Span.Index
	within []*evidence.Loop                  // the innermost run around the span, by Span.Index
	below  []int                             // attempts at the innermost layer below the span, by Span.Index; 0 if nothing below it is retried
	first  map[*evidence.Loop]*evidence.Loop // the first run directly within a run
}

func newRetryLayers(e *evidence.Exam, tries []*evidence.Loop) *retryLayers {
	n := len(e.Trace.Spans)
	y := &retryLayers{make([]*evidence.Loop, n), make([]*evidence.Loop, n), make([]int, n), map[*evidence.Loop]*evidence.Loop{}}
	for _, l := range tries {
		for _, u := range l.Units {
			y.of[u.Index] = l
		}
	}
	for _, s := range e.Trace.Spans {
		if s.Parent == nil {
			y.count(evidence.Subtree(s))
		}
	}
	for _, l := range tries {
		outer := y.around(l)
		if first := y.first[outer]; outer != nil && (first == nil || l.Units[0].Index < first.Units[0].Index) {
			y.first[outer] = l
		}
	}
	return y
}

// count walks down a tree for what is around each span, and up for what is below it.
func (y *retryLayers) count(parentsFirst []*trace.Span) {
	for _, s := range parentsFirst[1:] {
		if y.within[s.Index] = y.of[s.Parent.Index]; y.within[s.Index] == nil {
			y.within[s.Index] = y.within[s.Parent.Index]
		}
	}
	for i := len(parentsFirst) - 1; i > 0; i-- {
		s := parentsFirst[i]
		if y.of[s.Index] != nil {
			y.below[s.Index] = max(1, y.below[s.Index])
		}
		y.below[s.Parent.Index] += y.below[s.Index]
	}
}

// around is the run that contains a run, or nil.
func (y *retryLayers) around(l *evidence.Loop) *evidence.Loop { return y.within[l.Units[0].Index] }

// bottom counts the attempts at the innermost layer below l: how many calls one call became.
func (y *retryLayers) bottom(l *evidence.Loop) (attempts int) {
	for _, u := range l.Units {
		attempts += y.below[u.Index]
	}
	return attempts
}

// storm reports layers that multiply: the attempts at the top became many more at the bottom.
func storm(top, bottom int) bool { return bottom > top && bottom >= 4 }
