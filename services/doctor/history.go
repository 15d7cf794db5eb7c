package doctor

import "fmt"

// A history is what all the traces given together know.
type history struct {
	exams     []*exam
	durations map[question][]sample
}

// A question is what one service asks another.
type question struct{ caller, callee, what string }

type sample struct {
	exam *exam
	us   int64
}

func newHistory(exams []*exam) *history {
	h := &history{exams: exams, durations: map[question][]sample{}}
	for _, e := range exams {
		e.history = h
		if len(exams) == 1 {
			break
		}
		for _, c := range e.calls {
			q := question{c.caller, c.callee, c.what}
			h.durations[q] = append(h.durations[q], sample{e, c.span.Duration})
		}
	}
	return h
}

// A norm is what a call usually takes, and how we know.
type norm struct {
	median     int64
	source     string
	confidence Confidence
}

// usual is what a call takes elsewhere: in at least five other traces and ten calls, or else in at least
// three other calls of this trace.
func (e *exam) usual(c *call) (norm, bool) {
	q := question{c.caller, c.callee, c.what}
	others := map[*exam]bool{}
	var list []int64
	for _, s := range e.history.durations[q] {
		if s.exam != e {
			others[s.exam] = true
			list = append(list, s.us)
		}
	}
	if len(others) >= 5 && len(list) >= 10 {
		return norm{median(list), fmt.Sprintf("median of %d calls in %d other traces", len(list), len(others)), High}, true
	}
	list = nil
	for _, o := range e.calls {
		if o != c && (question{o.caller, o.callee, o.what}) == q {
			list = append(list, o.span.Duration)
		}
	}
	if len(list) >= 3 {
		return norm{median(list), fmt.Sprintf("median of the %d others in this trace", len(list)), Medium}, true
	}
	return norm{}, false
}
