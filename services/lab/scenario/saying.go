package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// A Saying is something that a finding has to say to be understood.
type Saying struct {
	What string // for people, such as "the offset, 2s"
	in   func(doctor.Finding, []*trace.Trace) bool
}

// words are to be said to the letter.
func words(what string) Saying {
	return Saying{strconv.Quote(what), func(f doctor.Finding, _ []*trace.Trace) bool { return strings.Contains(text(f), what) }}
}

// advice is to be part of the fix.
func advice(what string) Saying {
	return Saying{"the advice " + strconv.Quote(what), func(f doctor.Finding, _ []*trace.Trace) bool { return strings.Contains(f.Fix, what) }}
}

// counted is a number followed by what it counts, such as "9 attempts".
func counted(n int, what string) Saying { return countedFrom(n, n, what) }

// countedFrom is such a number in a range, both ends included.
func countedFrom(least, most int, what string) Saying {
	said := regexp.MustCompile(`(?:^|[^0-9.])(\d+) (?:other )?` + regexp.QuoteMeta(what))
	return Saying{fmt.Sprintf("%d to %d %s", least, most, what), func(f doctor.Finding, _ []*trace.Trace) bool {
		return slices.ContainsFunc(said.FindAllStringSubmatch(text(f), -1), func(m []string) bool {
			n, err := strconv.Atoi(m[1])
			return err == nil && n >= least && n <= most
		})
	}}
}

// about is a time, give or take a tenth.
func about(what string, d time.Duration) Saying { return between(what, d*9/10, d*11/10) }

// atLeast is a time that long, or half as long again on a machine with other things to do.
func atLeast(what string, d time.Duration) Saying { return between(what, d*9/10, d*3/2) }

// between is a time in that range, both ends included.
func between(what string, least, most time.Duration) Saying {
	return Saying{fmt.Sprintf("%s, %v to %v", what, least, most), func(f doctor.Finding, _ []*trace.Trace) bool {
		return slices.ContainsFunc(times(text(f)), func(d time.Duration) bool { return d >= least && d <= most })
	}}
}

// bothHalves are the ids of the trace and of the other one, which begins at that service.
func bothHalves(service string) Saying {
	return Saying{"which two traces", func(f doctor.Finding, others []*trace.Trace) bool {
		return slices.ContainsFunc(others, func(t *trace.Trace) bool {
			return len(t.Roots) > 0 && t.Roots[0].Service == service && strings.Contains(f.Because, t.ID)
		}) && slices.ContainsFunc(others, func(t *trace.Trace) bool {
			return len(t.Roots) > 0 && t.Roots[0].Service != service && strings.Contains(f.Because, t.ID)
		})
	}}
}

func text(f doctor.Finding) string { return f.Because + "; " + f.Fix }

var timed = regexp.MustCompile(`(\d+(?:\.\d+)?) (µs|ms|s|min)\b`)

// times are those that a text names, as reports write them.
func times(text string) (list []time.Duration) {
	for _, m := range timed.FindAllStringSubmatch(text, -1) {
		unit := strings.TrimSuffix(m[2], "in") // Go writes minutes as m
		if d, err := time.ParseDuration(m[1] + unit); err == nil {
			list = append(list, d)
		}
	}
	return list
}
