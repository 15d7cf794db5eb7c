package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// requests is how many requests the trace stands for: more than one if a sampler kept only a share of such traces and says which. The
// trace was found by the service's spans or, if there was none, by the span that it is about.
func (c Case) requests() float64 {
	if c.Trace == nil {
		return 1
	}
	for _, s := range c.Trace.Spans {
		if s.Service == c.Service {
			return max(s.Weight, 1)
		}
	}
	if headline := doctor.Headline(c.Trace); headline != nil {
		return max(headline.Weight, 1)
	}
	return 1
}

// weight is how many requests a finding in the trace stands for. Services may keep different shares. The spans that show the finding had
// to be kept, and the trace had to be found, so the smallest of the shares counts.
func (c Case) weight(f doctor.Finding) float64 {
	weight := c.requests()
	if c.Trace == nil || len(f.SpanIDs) == 0 {
		return weight
	}
	for _, s := range c.Trace.Spans {
		if s.Weight > weight && slices.Contains(f.SpanIDs, s.ID) {
			weight = s.Weight
		}
	}
	return weight
}

// requests is how many requests all of the traces stand for.
func requests(cases []Case) (n float64) {
	for _, c := range cases {
		n += c.requests()
	}
	return n
}

// weighted reports whether some of the traces stand for more than themselves.
func weighted(cases []Case) bool {
	return slices.ContainsFunc(cases, func(c Case) bool { return c.requests() > 1 })
}

// sizeOf counts the traces, and the requests that they stand for.
func sizeOf(cases []Case) string {
	size := plural(len(cases), "trace")
	if weighted(cases) {
		size += fmt.Sprintf(", for about %s", plural(int(math.Round(requests(cases))), "request"))
	}
	return size
}

// spread is the total and the median of the roots' durations, and the slowest case. What is long by design does not count.
func spread(cases []Case) (total, median trace.Micros, slowest Case) {
	for i, c := range cases {
		total += times(busy(c), c.requests())
		if i == 0 || busy(c) > busy(slowest) {
			slowest = c
		}
	}
	return total, medianOf(cases), slowest
}

// busy is the root's duration without streams and idle waits.
func busy(c Case) trace.Micros { return c.Report.Root.DurationUS - c.Report.Root.IdleUS }

// idleTime is what busy leaves out.
func idleTime(cases []Case) (us trace.Micros) {
	for _, c := range cases {
		us += times(c.Report.Root.IdleUS, c.requests())
	}
	return us
}

// medianOf is the median duration of the requests that the traces stand for, or 0 if there are none.
func medianOf(cases []Case) trace.Micros {
	sorted := slices.SortedFunc(slices.Values(cases), func(a, b Case) int { return cmp.Compare(busy(a), busy(b)) })
	below, half := 0.0, requests(cases)/2
	for _, c := range sorted {
		if below += c.requests(); below > half {
			return busy(c)
		}
	}
	return 0
}

// times multiplies a duration by a weight.
func times(us trace.Micros, weight float64) trace.Micros {
	if weight == 1 {
		return us
	}
	return trace.Micros(math.Round(float64(us) * weight))
}
