package scale

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"spanwise/lab/bench"
)

// A CostReport compares the costs of arrangements, with the machine, the date and the commit.
type CostReport struct {
	Machine     bench.Machine `json:"machine"`
	Commit      string        `json:"commit"` // of the source tree
	Window      time.Duration `json:"window_ns"`
	Comparisons []Comparison  `json:"arrangements"`
}

var costColumns = []string{
	"arrangement", "CPU of 1,000 traces", "to one Collector", "stored of 1,000 traces", "to one Collector", "kept of 1,000", "CPU of each kind of program",
}

// row returns a comparison as a row of the table: medians, and the least and the most of a ratio.
func (c Comparison) row() []string {
	var cpu, stored, kept []float64
	kinds := map[string][]float64{}
	for _, one := range c.Costs {
		cpu, stored, kept = append(cpu, one.Total()), append(stored, one.Stored), append(kept, one.Kept)
		for kind, ms := range one.CPU {
			kinds[kind] = append(kinds[kind], ms)
		}
	}
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		parts = append(parts, fmt.Sprintf("%s %.0f", kind, bench.Median(kinds[kind])))
	}
	return []string{
		c.Arrangement, fmt.Sprintf("%.0f ms", bench.Median(cpu)), ratio(c.CPU), humanize.Bytes(uint64(bench.Median(stored))), ratio(c.Stored),
		fmt.Sprintf("%.0f", bench.Median(kept)), strings.Join(parts, ", "),
	}
}

// ratio formats the median of some ratios, with the least and the most if they differ.
func ratio(r []float64) string {
	text := fmt.Sprintf("%.2f ×", bench.Median(r))
	if least, most := slices.Min(r), slices.Max(r); most-least >= 0.005 {
		text += fmt.Sprintf(" (%.2f to %.2f)", least, most)
	}
	return text
}

// String returns the comparisons as a table for a terminal.
func (r CostReport) String() string {
	return terminalTable(costColumns, r.Comparisons, Comparison.row) + checked(r.Comparisons) + r.how()
}

// Markdown returns the table for a page.
func (r CostReport) Markdown() string {
	return r.how() + "\n" + markdownTable(costColumns, r.Comparisons, Comparison.row) + "\nTargets:\n\n" + checked(r.Comparisons)
}

// how says how the costs were measured.
func (r CostReport) how() string {
	rounds := 0
	if len(r.Comparisons) > 0 {
		rounds = len(r.Comparisons[0].Costs)
	}
	return fmt.Sprintf("%d traces a second of %d spans, for %v in each of %d rounds, in which all arrangements took turns; medians. Gateways waited %d s. "+
		"Measured on %s, at commit %s.\n", costRate, spansEach, r.Window, rounds, costWait, r.Machine, r.Commit)
}
