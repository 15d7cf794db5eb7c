package evidence

import (
	"fmt"

	"spanwise/doctor/call"
)

// A Norm is what a call usually takes, and how we know. Without enough to compare with it is the zero value.
type Norm struct {
	Median int64 // µs
	Slow   int64 // from which on it is slower than usual
	Source string
	Others bool // by other traces, not by this one alone
}

// What is needed to call something usual, and how much is looked at.
const (
	NormTraces, normCalls = 6, 11 // all together: five traces and ten calls beside the one in question
	normSiblings          = 4     // in one trace alone
	normSamples           = 1000
)

// newNorm takes for slower than usual what lasts twice the median, and is farther from it than six times the distance of the third quartile. Half of
// all calls say what is usual, so that a few slow ones among them do not; and where they differ much from each other, as those of a busy
// service do, twice the median is nothing unusual (in a lognormal distribution whose logarithm deviates by 0.45, one in sixteen).
func newNorm(list []int64, source string, others bool) Norm {
	m := Median(list)
	return Norm{m, max(2*m, m+6*(quantile(list, 0.75)-m)), source, others}
}

// Usual is what a question usually takes: by all traces together or, if they are too few, by the calls of this trace.
func (e *Exam) Usual(q call.Question) (Norm, bool) {
	n, known := e.norms[q]
	if !known {
		if n = e.History.norm(q); n.Source == "" {
			n = e.ownNorm(q)
		}
		e.norms[q] = n
	}
	return n, n.Source != ""
}

func (h *History) norm(q call.Question) Norm {
	if n, known := h.norms[q]; known {
		return n
	}
	n := h.compare(q)
	h.norms[q] = n
	return n
}

func (h *History) compare(q call.Question) Norm {
	traces := map[*Exam]bool{}
	var list []int64
	for _, r := range h.Runs[q] {
		if len(list) == normSamples {
			break
		}
		traces[r.Exam] = true
		list = append(list, r.span.Duration)
	}
	if len(traces) < NormTraces || len(list) < normCalls {
		return Norm{}
	}
	return newNorm(list, fmt.Sprintf("median of %d calls in %d traces", len(list), len(traces)), true)
}

// ownNorm compares the calls of one trace with each other; where they are too few, with those that ask somebody else the same (the other
// shards, say).
func (e *Exam) ownNorm(q call.Question) Norm {
	list, whose := e.durations()[q], "calls"
	if len(list) < normSiblings {
		list, whose = e.durations()[call.Question{Caller: q.Caller, Template: q.Template}], "calls like it"
	}
	if len(list) < normSiblings || q.Caller == "" {
		return Norm{}
	}
	return newNorm(list, fmt.Sprintf("median of %d %s in this trace", len(list), whose), false)
}

// callDurations lists how long the calls of this trace last, by question, and by question whoever is asked.
func (e *Exam) callDurations() map[call.Question][]int64 {
	durations := map[call.Question][]int64{}
	for _, c := range e.Calls {
		for _, q := range []call.Question{c.Question(), {Caller: c.Caller, Template: c.Template}} {
			if list := durations[q]; len(list) < normSamples {
				durations[q] = append(list, c.Span.Duration)
			}
		}
	}
	return durations
}
