package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// A Detail is a figure or a name that a finding must have to be understood.
type Detail struct {
	What string // for people, such as "the offset, 1.8s to 2.2s"

	in func(f doctor.Finding, others []*trace.Trace) bool
}

// count is the number of what the finding is about, such as "9 attempts".
func count(n int, what string) Detail { return countBetween(n, n, what) }

// countBetween is such a number within a range, both ends included.
func countBetween(least, most int, what string) Detail {
	text := fmt.Sprintf("%d to %d %s", least, most, what)
	if least == most {
		text = fmt.Sprintf("%d %s", least, what)
	}
	return detail(text, func(f doctor.Finding) bool { return f.Count >= least && f.Count <= most })
}

// otherRequests is the number of requests that did the same at the same time.
func otherRequests(n int) Detail {
	return detail(fmt.Sprintf("%d other requests", n), func(f doctor.Finding) bool { return f.Figures.OtherRequests == n })
}

// operation is the operation that the finding is about.
func operation(name string) Detail {
	return detail("the operation "+strconv.Quote(name), func(f doctor.Finding) bool { return f.Operation == name })
}

// names is a part of one of the names that the finding has.
func names(part string) Detail {
	return detail(strconv.Quote(part), func(f doctor.Finding) bool {
		return slices.ContainsFunc(f.Figures.Names, func(name string) bool { return strings.Contains(name, part) })
	})
}

// detail needs only the finding itself.
func detail(what string, in func(doctor.Finding) bool) Detail {
	return Detail{what, func(f doctor.Finding, _ []*trace.Trace) bool { return in(f) }}
}

// A figure is one of a finding's durations, in microseconds.
type figure func(doctor.Finding) trace.Micros

func onCriticalPath(f doctor.Finding) trace.Micros { return f.CriticalPathUS }
func waited(f doctor.Finding) trace.Micros         { return f.Figures.WaitUS }
func worked(f doctor.Finding) trace.Micros         { return f.Figures.WorkUS }
func overrun(f doctor.Finding) trace.Micros        { return f.Figures.OverrunUS }
func limit(f doctor.Finding) trace.Micros          { return f.Figures.LimitUS }
func offset(f doctor.Finding) trace.Micros         { return f.Figures.OffsetUS }

// durationAbout is a duration within a tenth of d.
func durationAbout(what string, of figure, d time.Duration) Detail {
	return durationBetween(what, of, d*9/10, d*11/10)
}

// durationFrom is a duration of about d or, on a busy machine, up to half as much again.
func durationFrom(what string, of figure, d time.Duration) Detail {
	return durationBetween(what, of, d*9/10, d*3/2)
}

// durationBetween is a duration within a range, both ends included.
func durationBetween(what string, of figure, least, most time.Duration) Detail {
	return detail(fmt.Sprintf("%s, %v to %v", what, least, most), func(f doctor.Finding) bool {
		d := of(f).Duration()
		return d >= least && d <= most
	})
}

// bothHalves are the ids of two traces, of which one begins in that service and the other in another one.
func bothHalves(service string) Detail {
	return Detail{"which two traces", func(f doctor.Finding, others []*trace.Trace) bool {
		has := func(begins bool) bool {
			return slices.ContainsFunc(others, func(t *trace.Trace) bool {
				return len(t.Roots) > 0 && (t.Roots[0].Service == service) == begins && slices.Contains(f.Figures.TraceIDs, t.ID)
			})
		}
		return has(true) && has(false)
	}}
}
