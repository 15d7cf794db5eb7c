package story

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/dustin/go-humanize"
)

// maxSays is how many of the doctor's findings the table shows.
const maxSays = 4

// Table shows what is left of the thousand requests, with a column for each way to sample.
func Table(results []Sampled) string {
	var w strings.Builder
	row := func(name string, cell func(Sampled) string) {
		fmt.Fprintf(&w, "%-34s", name)
		for _, r := range results {
			fmt.Fprintf(&w, "%18s", cell(r))
		}
		fmt.Fprintln(&w)
	}
	row("SAMPLING=", func(s Sampled) string { return s.Mode.String() })
	row("kept of 1,000 traces", func(s Sampled) string { return humanize.Comma(int64(s.Total())) })
	for kind, k := range Kinds {
		row(fmt.Sprintf("  of %d %s", k.Count, k.Name), func(s Sampled) string { return humanize.Comma(int64(s.Kept[kind])) })
	}
	row("whole, partial", func(s Sampled) string { return fmt.Sprintf("%s, %d", humanize.Comma(int64(s.Whole)), s.Partial) })
	row("spans from the services", func(s Sampled) string { return humanize.Comma(s.Accepted) })
	row("spans to Jaeger", func(s Sampled) string { return humanize.Comma(s.Sent) })
	row("bytes to Jaeger", func(s Sampled) string { return humanize.Bytes(uint64(max(s.Bytes, 0))) })
	fmt.Fprintln(&w, "\nestimated from the kept traces, and how far that is off")
	row("  1,000 requests", func(s Sampled) string { return estimate(sum(s.Estimate), 1000) })
	row("  10 failed requests", func(s Sampled) string { return estimate(s.Estimate[failed], 10) })
	row("  10 N+1s", func(s Sampled) string { return estimate(s.Estimate[slowLoop]+s.Estimate[fastLoop], 10) })
	row("  failed, not weighted (true: 1 %)", func(s Sampled) string { return fmt.Sprintf("%.1f %%", 100*s.Unweighted()) })
	for _, r := range results {
		fmt.Fprintf(&w, "\ndoctor -service order, with %s, of which it reads %d traces:\n", r.Mode, r.Read)
		if len(r.Says) == 0 {
			fmt.Fprintln(&w, "  nothing to fix")
		}
		for i, text := range r.Says {
			if i == maxSays {
				fmt.Fprintf(&w, "  and %d more\n", len(r.Says)-i)
				break
			}
			fmt.Fprintf(&w, "  %d. %s\n", i+1, text)
		}
	}
	return w.String()
}

// estimate is a number, and by how much it differs from the true one.
func estimate(got, want float64) string {
	off := math.Round(100 * (got - want) / want)
	if off == 0 {
		return humanize.Comma(int64(math.Round(got))) + "   exact"
	}
	return fmt.Sprintf("%s %+6.0f %%", humanize.Comma(int64(math.Round(got))), off)
}

func sum(list []float64) (total float64) {
	for _, x := range list {
		total += x
	}
	return total
}

// Check returns an error that says what was lost that should have been kept, or kept that should not.
func (s Sampled) Check() error {
	var errs []error
	wrong := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("SAMPLING=%s: %s", s.Mode, fmt.Sprintf(format, args...)))
	}
	if s.Partial > 0 {
		wrong("%d traces are partial", s.Partial)
	}
	for kind, k := range Kinds {
		kept, all := s.Kept[kind], s.Mode.Head == 0 && (!s.Mode.Tail || kind <= slowLoop)
		if all && kept != k.Count {
			wrong("%d of %d %s are kept", kept, k.Count, k.Name)
		}
	}
	// A binomial share of 10 % of 970 is 97 with a standard deviation of 9: outside 50 to 150 once in 10 million runs.
	if n := s.Kept[ordinary]; (s.Mode.Tail || s.Mode.Head > 0) && (n < 50 || n > 150) {
		wrong("%d of %d ordinary requests are kept, want about 97", n, Kinds[ordinary].Count)
	}
	return errors.Join(errs...)
}
