package evidence

import (
	"fmt"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A Norm is how long a call usually takes, and how that is known. It is zero if there is too little to compare.
type Norm struct {
	Median trace.Micros
	Slow   trace.Micros // the duration from which on a call is slower than usual
	Source string
	Others bool // known from other traces, not from this one alone
}

// How many traces and calls it takes to call something usual, and how many are looked at.
const (
	NormTraces, normCalls = 6, 11 // five traces and ten calls in addition to the one in question
	normSiblings          = 4     // in one trace alone
	normSamples           = 1000
)

// newNorm calls a duration slow if it is twice the median, and farther from the median than six times the distance
// of the third quartile. The quartile comes from the middle half of the calls, so a few slow calls do not move it.
// Where durations vary much, as in a busy service, twice the median is not unusual: in a lognormal distribution with
// a deviation of 0.45, one call in sixteen takes that long.
func newNorm(list []trace.Micros, source string, others bool) Norm {
	m := Median(list)
	return Norm{m, max(2*m, m+6*(quantile(list, 0.75)-m)), source, others}
}

// Usual is how long a question usually takes: by all traces together or, if these are too few, by the calls of this
// trace.
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
	n, known := h.norms[q]
	if !known {
		n = h.compare(q)
		h.norms[q] = n
	}
	return n
}

func (h *History) compare(q call.Question) Norm {
	runs := h.Runs[q][:min(len(h.Runs[q]), normSamples)]
	traces := map[*Exam]bool{}
	for _, r := range runs {
		traces[r.Exam] = true
	}
	if len(traces) < NormTraces || len(runs) < normCalls {
		return Norm{}
	}
	durations := each(runs, func(r Run) trace.Micros { return r.span.Duration })
	return newNorm(durations, fmt.Sprintf("median of %d calls in %d traces", len(runs), len(traces)), true)
}

// ownNorm compares the calls of one trace with each other or, if these are too few, with calls that ask the same of
// another callee, such as another shard.
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

// callDurations lists the durations of the trace's calls by question, and by question regardless of the callee.
func (e *Exam) callDurations() map[call.Question][]trace.Micros {
	durations := map[call.Question][]trace.Micros{}
	for _, c := range e.Calls {
		for _, q := range []call.Question{c.Question(), {Caller: c.Caller, Template: c.Template}} {
			if list := durations[q]; len(list) < normSamples {
				durations[q] = append(list, c.Span.Duration)
			}
		}
	}
	return durations
}
