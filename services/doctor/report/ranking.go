package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"spanwise/doctor"
)

// A cause is the same finding in many traces.
type cause struct {
	doctor.Finding        // of the trace that it costs most
	traces         int    // how many have it
	cost           int64  // µs of critical path in all of them together
	low, high      int64  // µs that mending it saves in all of them together
	worst          string // the trace that it costs most
}

// causes sums findings up over traces, the costliest first.
func causes(cases []Case) []*cause {
	type place struct {
		kind                       doctor.Kind
		service, operation, callee string
	}
	known := map[place]*cause{}
	var all []*cause
	for _, c := range cases {
		seen := map[*cause]bool{}
		for _, f := range c.Report.Findings {
			p := place{f.Kind, f.Service, f.Operation, f.Callee}
			k := known[p]
			if k == nil {
				k = &cause{Finding: f, worst: c.Report.TraceID}
				known[p] = k
				all = append(all, k)
			}
			if !seen[k] {
				seen[k] = true
				k.traces++
			}
			k.cost, k.low, k.high = k.cost+f.CriticalPathUS, k.low+f.Saving.LowUS, k.high+f.Saving.HighUS
			if f.CriticalPathUS > k.CriticalPathUS {
				k.Finding, k.worst = f, c.Report.TraceID
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *cause) int {
		return cmp.Or(cmp.Compare(b.cost, a.cost), cmp.Compare(b.high, a.high), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operation, b.Operation))
	})
	return all
}

// Ranking prints what cost most in many traces together.
func Ranking(out io.Writer, cases []Case, look Look) error {
	p := newPage(look)
	total, _, slowest := spread(cases)
	p.line("%s", p.paint(bold, plural(len(cases), "trace")))
	if len(cases) == 0 {
		return p.flush(out)
	}
	p.line("%s", p.paint(dim, clip(summary(cases), p.Width)))
	p.line("")
	all := causes(cases)
	if len(all) == 0 {
		p.paragraph(plain, "", "Nothing to fix in any of them.")
		p.line("")
	} else {
		p.paragraph(plain, "", "What cost most, by the time it took in all traces together:")
		p.line("")
	}
	shown := p.upTo(maxCauses, len(all))
	for i, c := range all[:shown] {
		p.cause(i+1, c, len(cases), total)
	}
	if rest := len(all) - shown; rest > 0 {
		p.paragraph(plain, "", fmt.Sprintf("And %s that cost less (see -all).", plural(rest, "cause")))
		p.line("")
	}
	p.notes("Gate: ", forbidden(cases))
	p.notes("Note: ", commonNotes(cases))
	p.next(p.rankingSteps(all, slowest))
	return p.flush(out)
}

const maxCauses = 10

// summary says how long many traces took.
func summary(cases []Case) string {
	total, middle, slowest := spread(cases)
	return fmt.Sprintf("median %s, slowest %s (%s), together %s",
		human(middle), human(slowest.Report.Root.DurationUS), printable(slowest.Report.TraceID), human(total))
}

func (p *page) cause(n int, c *cause, traces int, total int64) {
	p.paragraph(bold, "", squeeze(fmt.Sprintf("%d. %s", n, Where(c.Finding)), longest*p.Width))
	p.paragraph(plain, "   ", c.costs(traces, total))
	p.paragraph(plain, "   Worst   ", fmt.Sprintf("trace %s: %s", c.worst, c.Because))
	p.paragraph(plain, "   Fix     ", c.Fix)
	p.line("")
}

// costs says what a cause costs in all of so many traces, that took total µs together, and what mending it saves.
func (c *cause) costs(traces int, total int64) string {
	if c.cost == 0 { // some kinds cost no time
		return fmt.Sprintf("in %d of %s", c.traces, plural(traces, "trace"))
	}
	s := doctor.Saving{LowUS: c.low, HighUS: c.high, Basis: c.Saving.Basis}
	return fmt.Sprintf("%s, %s of all time, in %d of %s; %s", human(c.cost), percent(share(c.cost, total)), c.traces, plural(traces, "trace"), saving(s, total))
}

// spread is the total and the median of the roots' durations, and the slowest case.
func spread(cases []Case) (total, middle int64, slowest Case) {
	var durations []int64
	for i, c := range cases {
		total += c.Report.Root.DurationUS
		durations = append(durations, c.Report.Root.DurationUS)
		if i == 0 || c.Report.Root.DurationUS > slowest.Report.Root.DurationUS {
			slowest = c
		}
	}
	slices.Sort(durations)
	if len(durations) > 0 {
		middle = durations[len(durations)/2]
	}
	return total, middle, slowest
}

// rankingSteps says which trace to look at.
func (p *page) rankingSteps(all []*cause, slowest Case) []step {
	id := slowest.Report.TraceID
	if len(all) > 0 {
		id = all[0].worst
	}
	command := p.command(quote(id))
	if source := words(p.Source); source != "" {
		command = p.command("-trace", quote(id), source)
	}
	steps := []step{{command, "the trace that shows it best"}}
	if len(all) > 0 {
		steps = append(steps, step{p.program() + " explain " + string(all[0].Kind), "the rule, and what fools it"})
	}
	return steps
}

// share is part of total; nothing of nothing is 0.
func share(part, total int64) float64 {
	if total <= 0 {
		return 0
	}
	return float64(part) / float64(total)
}
