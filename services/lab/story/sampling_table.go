package story

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"spanwise/lab/bench"
)

// maxSays is how many of the doctor's findings the table shows.
const maxSays = 4

// A table has a column for each way to sample.
type table struct {
	strings.Builder
	results []Sampled
}

func (t *table) row(name string, cell func(Sampled) string) {
	cells := []string{fmt.Sprintf("%-29s", name)}
	for _, r := range t.results {
		cells = append(cells, fmt.Sprintf("%20s", cell(r)))
	}
	fmt.Fprintln(t, strings.TrimRight(strings.Join(cells, ""), " "))
}

// Table shows what is left of the thousand requests, with a column for each way to sample. The first of the results has all of them.
func Table(results []Sampled) string {
	t := &table{results: results}
	t.row("SAMPLING=", func(s Sampled) string { return s.Way.All })
	t.row("  ORDER_SAMPLING=", func(s Sampled) string { return s.Way.Order })
	t.row("  PRICING_SAMPLING=", func(s Sampled) string { return s.Way.Pricing })
	t.kept()
	t.estimates()
	t.costs()
	for _, r := range results {
		t.says(r)
	}
	return t.String()
}

func (t *table) kept() {
	count := func(n int) string { return humanize.Comma(int64(n)) }
	t.row("kept of 1,000 traces", func(s Sampled) string { return count(s.Total()) })
	for kind, k := range Kinds {
		t.row(fmt.Sprintf("  of %d %s", k.Count, k.Name), func(s Sampled) string { return count(s.Kept[kind]) })
	}
	t.row("whole, partial", func(s Sampled) string { return fmt.Sprintf("%s, %d", count(s.Whole), s.Partial) })
	t.row("pricing's part alone", func(s Sampled) string { return count(s.Parts) })
	t.row("N+1s that the doctor finds", func(s Sampled) string { return count(s.Found) })
	t.row("spans from the services", func(s Sampled) string { return humanize.Comma(s.Accepted) })
	t.row("spans to Jaeger", func(s Sampled) string { return humanize.Comma(s.Sent) })
	t.row("bytes to Jaeger", func(s Sampled) string { return humanize.Bytes(uint64(max(s.Bytes, 0))) })
}

func (t *table) estimates() {
	calls := t.results[0].Calls.Value
	fmt.Fprintln(t, "\nestimated from the thresholds, ± the standard error, and how far that is off")
	t.row("  1,000 requests", func(s Sampled) string { return s.estimate().against(1000) })
	t.row("  10 failed requests", func(s Sampled) string { return s.estimate(failed).against(10) })
	t.row("  10 N+1s", func(s Sampled) string { return s.estimate(slowLoop, fastLoop).against(10) })
	t.row(fmt.Sprintf("  %s calls of pricing", humanize.Comma(int64(calls))), func(s Sampled) string { return s.Calls.against(calls) })
	t.row("share of failed: true 1.0 %", func(s Sampled) string {
		return percent(s.estimate(failed).Value, s.estimate().Value)
	})
	t.row("  without the thresholds", func(s Sampled) string { return percent(float64(s.Kept[failed]), float64(s.Total())) })
}

func percent(part, of float64) string { return fmt.Sprintf("%.1f %%", 100*part/max(of, 1)) }

// estimate adds up some kinds of requests, or all if none are named.
func (s Sampled) estimate(kinds ...int) (e Estimate) {
	for kind, requests := range s.Requests {
		if len(kinds) == 0 || slices.Contains(kinds, kind) {
			e = e.plus(requests)
		}
	}
	return e
}

// costs is empty if they were not measured.
func (t *table) costs() {
	if t.results[0].Cost == nil {
		return
	}
	fmt.Fprintf(t, "\nprocessor time for 1,000 ordinary requests, the median of %d turns\n", t.results[0].Cost.Programs.N)
	seconds := func(f bench.Figure) string { return fmt.Sprintf("%.3f s", f.Value) }
	t.row("  services", func(s Sampled) string { return seconds(s.Cost.Services) })
	t.row("  Collector", func(s Sampled) string { return seconds(s.Cost.Collector) })
	t.row("  Jaeger", func(s Sampled) string { return seconds(s.Cost.Jaeger) })
	fmt.Fprintln(t, "the same to SAMPLING=all in the same turn, and the lowest and the highest")
	ratio := func(f bench.Figure) string { return fmt.Sprintf("%.2f (%.2f–%.2f)", f.Value, f.Low, f.High) }
	t.row("  Collector and Jaeger", func(s Sampled) string { return ratio(s.Cost.Pipeline) })
	t.row("  all programs", func(s Sampled) string { return ratio(s.Cost.Programs) })
}

// says lists what the doctor says about the traces that were kept.
func (t *table) says(r Sampled) {
	fmt.Fprintf(t, "\ndoctor -service order, with %s, of which it reads %d traces:\n", r.Way, r.Read)
	if len(r.Says) == 0 {
		fmt.Fprintln(t, "  nothing to fix")
	}
	for i, text := range r.Says {
		if i == maxSays {
			fmt.Fprintf(t, "  and %d more\n", len(r.Says)-i)
			break
		}
		fmt.Fprintf(t, "  %d. %s\n", i+1, text)
	}
}
