package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// A rankingView is the content of a report on many traces, in words.
type rankingView struct {
	Size, Summary, Headline string
	Causes                  []causeView
	Rest                    string // counts the causes that are left out; empty if none are
	Ignored                 string // counts the findings that are ignored; empty if none are
	Violations, Notes       []string
}

// A causeView is a cause in words; Worst is the trace that it costs most.
type causeView struct {
	findingView
	Worst string
}

// maxCauses is how many causes are shown unless all are asked for.
const maxCauses = 10

func newRankingView(cases []Case, look Look) rankingView {
	v := rankingView{Size: sizeOf(cases), Headline: "Nothing to fix in any of them.", Notes: commonNotes(cases)}
	if len(cases) == 0 {
		return v
	}
	total, median, slowest := spread(cases)
	v.Summary = fmt.Sprintf("median %s, slowest %s (%s), total %s",
		median.String(), busy(slowest).String(), printable(slowest.Report.TraceID), total.String())
	if idle := idleTime(cases); idle > 0 {
		v.Summary += fmt.Sprintf("; without %s of streams and waits for work, which are long by design", idle)
	}
	causes := Causes(cases)
	if f, n := suspectOf(cases); n > 0 {
		v.Headline = fmt.Sprintf("Nothing is sure to be worth fixing. In %d of %s: %s", n, plural(len(cases), "trace"), lead(f))
	}
	if len(causes) > 0 {
		v.Headline = "The costliest causes, by total time across all traces:"
		if weighted(cases) {
			v.Headline = "The costliest causes, by total time across all requests that the traces stand for:"
		}
	}
	if slices.ContainsFunc(cases, func(c Case) bool { return c.Report.CutOff }) {
		v.Headline = cutOff + " " + v.Headline
	}
	for i, c := range causes {
		if i == maxCauses && !look.All {
			v.Rest = plural(len(causes)-i, "more cause") + " with lower costs (" + look.more() + ")."
			break
		}
		f := findingView{i + 1, Title(c.Finding), c.text(len(cases), total), c.Because, c.Fix, c.Unless, c.Finding.Kind}
		v.Causes = append(v.Causes, causeView{f, printable(c.worst.Report.TraceID)})
	}
	if ignored := allIgnored(cases); len(ignored) > 0 {
		v.Ignored = "Ignored: " + countKinds(ignored) + "."
	}
	for _, c := range cases {
		for _, violation := range c.Violations {
			v.Violations = append(v.Violations, "trace "+c.Report.TraceID+": "+violation)
		}
	}
	return v
}

// suspectOf is the costliest suspect of traces without findings, and in how many of them it is the suspect.
func suspectOf(cases []Case) (doctor.Finding, int) {
	var suspects []Case
	for _, c := range cases {
		if f, ok := suspect(c.Report); ok {
			c.Report.Findings = []doctor.Finding{f}
			suspects = append(suspects, c)
		}
	}
	if len(suspects) == 0 {
		return doctor.Finding{}, 0
	}
	worst := Causes(suspects)[0]
	return worst.Finding, worst.Traces
}

// allIgnored lists the ignored findings of all traces.
func allIgnored(cases []Case) (all []doctor.Finding) {
	for _, c := range cases {
		_, ignored := apart(c.Report.AlsoSeen)
		all = append(all, ignored...)
	}
	return all
}

// A Cause is the same finding in many traces.
type Cause struct {
	doctor.Finding              // of the trace that it costs most
	Traces         int          // how many have it
	Requests       float64      // that these stand for
	worst          Case         // the trace that it costs most
	cost           trace.Micros // of critical path in all of those requests together
	later          trace.Micros // of waiting after the requests, if it is not on their critical paths
	low, high      trace.Micros // that fixing it saves in all of those requests together
}

// Causes sums findings up over traces, the costliest first.
func Causes(cases []Case) []*Cause {
	byTitle := map[string]*Cause{}
	var all []*Cause
	for _, c := range cases {
		seen := map[*Cause]bool{}
		for _, f := range c.Report.Findings {
			title, weight := Title(f), c.weight(f)
			k := byTitle[title]
			if k == nil {
				k = &Cause{Finding: f, worst: c}
				byTitle[title] = k
				all = append(all, k)
			}
			if !seen[k] {
				seen[k] = true
				k.Traces++
				k.Requests += weight
			}
			if ids := f.Figures.TraceIDs; f.CriticalPathUS == 0 && (len(ids) == 0 || ids[0] == c.Report.TraceID) { // once, if both ends are at hand
				k.later += times(f.Figures.WaitUS, weight)
			}
			k.cost += times(f.CriticalPathUS, weight)
			k.low, k.high = k.low+times(f.Saving.LowUS, weight), k.high+times(f.Saving.HighUS, weight)
			if f.CriticalPathUS > k.CriticalPathUS {
				k.Finding, k.worst = f, c
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *Cause) int {
		return cmp.Or(cmp.Compare(b.cost+b.later, a.cost+a.later), cmp.Compare(b.high, a.high),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operation, b.Operation))
	})
	return all
}

// typical returns, for each of the costliest causes, the trace that it costs most; at most n traces.
func typical(cases []Case, n int) (chosen []Case) {
	seen := map[string]bool{}
	for _, k := range Causes(cases) {
		if id := k.worst.Report.TraceID; !seen[id] && len(chosen) < n {
			seen[id] = true
			chosen = append(chosen, k.worst)
		}
	}
	return chosen
}

// Worst returns the traces that show the costliest causes best, and then the slowest of the others; n in all, if there are as many.
func Worst(cases []Case, n int) []Case {
	worst := typical(cases, n)
	for _, c := range Slowest(cases, n) {
		known := slices.ContainsFunc(worst, func(w Case) bool { return w.Report.TraceID == c.Report.TraceID })
		if !known && len(worst) < n {
			worst = append(worst, c)
		}
	}
	return worst
}

// Slowest returns the n slowest cases, the slowest first. What is long by design does not count.
func Slowest(cases []Case, n int) []Case {
	sorted := slices.SortedStableFunc(slices.Values(cases), func(a, b Case) int { return cmp.Compare(busy(b), busy(a)) })
	return sorted[:min(n, len(sorted))]
}

// text says what a cause costs in a number of traces that took total together, and what fixing it saves.
func (c *Cause) text(traces int, total trace.Micros) string {
	in := fmt.Sprintf("in %d of %s", c.Traces, plural(traces, "trace"))
	if about := math.Round(c.Requests); about > float64(c.Traces) {
		in += fmt.Sprintf(", for about %s", plural(int(about), "request"))
	}
	switch {
	case c.cost == 0 && c.later > 0:
		return fmt.Sprintf("%s of waiting after the requests; %s", c.later, in)
	case c.cost == 0: // some kinds cost no time
		return in
	}
	s := doctor.Saving{LowUS: c.low, HighUS: c.high, Basis: c.Saving.Basis}
	return fmt.Sprintf("%s, %s of the total, %s; %s", c.cost.String(), percent(ratio(c.cost, total)), in, saving(s, total))
}

// middle is the median, or 0 if there are no durations. It sorts them.
func middle(durations []trace.Micros) trace.Micros {
	if len(durations) == 0 {
		return 0
	}
	slices.Sort(durations)
	return durations[len(durations)/2]
}

// commonNotes is each note once, with the number of traces that have it unless all do.
func commonNotes(cases []Case) []string {
	var notes []string
	n := map[string]int{}
	for _, c := range cases {
		for _, note := range c.Report.Notes {
			if n[note]++; n[note] == 1 {
				notes = append(notes, note)
			}
		}
	}
	for i, note := range notes {
		notes[i] = printable(note)
		if n[note] < len(cases) {
			notes[i] += fmt.Sprintf(" (in %s)", plural(n[note], "trace"))
		}
	}
	return notes
}
