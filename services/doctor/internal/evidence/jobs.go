package evidence

import (
	"slices"

	"spanwise/doctor/trace"
)

// Jobs are messages of this trace that wait for the workers of one operation: they were handed over together, but each began only when
// another one was done.
type Jobs struct {
	Spans   []*trace.Span // the consumers that waited, by start
	Workers int           // how many jobs run at once
	Count   int           // of all jobs
	Work    trace.Micros  // the typical job
	Longest trace.Micros  // wait
}

// queuedJobs finds the jobs that wait. A consumer's span begins when a worker takes the message, so that the wait is before it, since
// the producer's span ended.
func (e *Exam) queuedJobs() (list []*Jobs) {
	const least = 4 // jobs
	var consumers []*trace.Span
	for _, s := range e.Trace.Spans { // by start
		if s.Kind == trace.Consumer && s.Parent != nil && s.Parent.Kind == trace.Producer {
			consumers = append(consumers, s)
		}
	}
	type work struct{ service, name string }
	for _, runs := range grouped(consumers, func(s *trace.Span) work { return work{s.Service, s.Name} }) {
		if len(runs) < least {
			continue
		}
		if j := newJobs(runs); j != nil {
			list = append(list, j)
		}
	}
	return list
}

func newJobs(runs []*trace.Span) *Jobs {
	j := &Jobs{Workers: mostAtOnce(runs), Count: len(runs), Work: Median(Durations(runs))}
	if j.Workers*2 > len(runs) {
		return nil
	}
	ends := each(runs, (*trace.Span).End)
	slices.Sort(ends)
	near := max(2*trace.Millisecond, j.Work/10)
	for i, s := range runs[j.Workers:] {
		free, handed := ends[i], s.Parent.End()
		if handed < free && s.Start-free <= near {
			j.Spans = append(j.Spans, s)
			j.Longest = max(j.Longest, s.Start-handed)
		}
	}
	if later := len(runs) - j.Workers; len(j.Spans)*5 < later*4 {
		return nil
	}
	return j
}

// mostAtOnce is the largest number of spans, which are ordered by start, that ran at once. Clocks are rounded.
func mostAtOnce(spans []*trace.Span) (most int) {
	ends := each(spans, (*trace.Span).End)
	slices.Sort(ends)
	ended := 0
	for i, s := range spans {
		for ended < i && ends[ended] <= s.Start+Overlap {
			ended++
		}
		most = max(most, i+1-ended)
	}
	return most
}
