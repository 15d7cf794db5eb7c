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

// A Detail is something that a finding must state to be understood. Findings state most of it in prose, so this is the one file
// that reads prose.
type Detail struct {
	What string // for people, such as "the offset, 1.8s to 2.2s"

	in func(f doctor.Finding, others []*trace.Trace) bool
}

// phrase is a text that the finding contains, to the letter.
func phrase(what string) Detail {
	return Detail{strconv.Quote(what), func(f doctor.Finding, _ []*trace.Trace) bool { return strings.Contains(text(f), what) }}
}

// fix is a text that the suggested fix contains.
func fix(what string) Detail {
	return Detail{"the advice " + strconv.Quote(what), func(f doctor.Finding, _ []*trace.Trace) bool { return strings.Contains(f.Fix, what) }}
}

// count is a number followed by what it counts, such as "9 attempts".
func count(n int, what string) Detail { return countBetween(n, n, what) }

// countBetween is such a number within a range, both ends included.
func countBetween(least, most int, what string) Detail {
	counted := regexp.MustCompile(`(?:^|[^0-9.])(\d+) (?:other )?` + regexp.QuoteMeta(what))
	return Detail{fmt.Sprintf("%d to %d %s", least, most, what), func(f doctor.Finding, _ []*trace.Trace) bool {
		return slices.ContainsFunc(counted.FindAllStringSubmatch(text(f), -1), func(m []string) bool {
			n, err := strconv.Atoi(m[1])
			return err == nil && n >= least && n <= most
		})
	}}
}

// durationAbout is a duration within a tenth of d.
func durationAbout(what string, d time.Duration) Detail {
	return durationBetween(what, d*9/10, d*11/10)
}

// durationFrom is a duration of about d or, on a busy machine, up to half as much again.
func durationFrom(what string, d time.Duration) Detail { return durationBetween(what, d*9/10, d*3/2) }

// durationBetween is a duration within a range, both ends included.
func durationBetween(what string, least, most time.Duration) Detail {
	return Detail{fmt.Sprintf("%s, %v to %v", what, least, most), func(f doctor.Finding, _ []*trace.Trace) bool {
		return slices.ContainsFunc(durations(text(f)), func(d time.Duration) bool { return d >= least && d <= most })
	}}
}

// bothHalves are the ids of two traces, of which one begins in that service and the other in another one.
func bothHalves(service string) Detail {
	return Detail{"which two traces", func(f doctor.Finding, others []*trace.Trace) bool {
		named := func(begins bool) bool {
			return slices.ContainsFunc(others, func(t *trace.Trace) bool {
				return len(t.Roots) > 0 && (t.Roots[0].Service == service) == begins && strings.Contains(f.Because, t.ID)
			})
		}
		return named(true) && named(false)
	}}
}

func text(f doctor.Finding) string { return f.Because + "; " + f.Fix }

var duration = regexp.MustCompile(`(\d+(?:\.\d+)?) (µs|ms|s|min)\b`)

// durations are those that a text contains, as reports write them.
func durations(text string) (list []time.Duration) {
	for _, m := range duration.FindAllStringSubmatch(text, -1) {
		unit := strings.TrimSuffix(m[2], "in") // Go writes minutes as m
		if d, err := time.ParseDuration(m[1] + unit); err == nil {
			list = append(list, d)
		}
	}
	return list
}
