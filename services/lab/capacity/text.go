package capacity

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"
)

// String returns the plan as a table for a terminal.
func (p Plan) String() string { return p.text(false) }

// Explained returns the plan with the formula of each row.
func (p Plan) Explained() string { return p.text(true) }

func (p Plan) text(explain bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", p.Demand)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	group := ""
	for _, r := range p.Rows {
		if r.Group != group {
			group = r.Group
			fmt.Fprintf(w, "\n%s\n", group)
		}
		fmt.Fprintf(w, "  %s\t%s", r.Name, amount(r.Value, r.Unit))
		if explain {
			fmt.Fprintf(w, "\t%s", r.How)
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	return b.String()
}

// String describes the demand in a line.
func (d Demand) String() string {
	return fmt.Sprintf("%s requests/s of %s spans, pipeline %s: %s", number(d.Rate), number(d.Spans), d.Pipeline, d.kept())
}

func (d Demand) kept() string {
	if d.Pipeline == Direct {
		return "every trace is stored"
	}
	return fmt.Sprintf("%s %% of the traces are stored, decided %s after their roots", number(100*d.Kept), timeOf(d.Wait))
}

// Sources says where the figures come from, and what is not measured.
func (p Plan) Sources() string {
	c := p.costs
	off := 0.0
	for _, k := range c.Checks {
		if k.What == together && k.reached() {
			off = max(off, math.Abs(k.Off))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s, at commit %s, at %s requests/s (size: %s).\n", c.Machine, c.Commit, list(c.Rates), c.Size)
	_, most := c.carried(Part{})
	fmt.Fprintf(&b, "The predictions for all parts together at other rates, up to %s requests/s, were off by at most %.0f %%.\n", number(math.Round(most)), off)
	p.notes.write(&b)
	if setsOf(p.Demand.Pipeline) > 1 {
		b.WriteString("A second set of gateways is arithmetic, not measured: its gateways cost as much as those of the first, and whatever is sent or stored twice costs twice.\n")
	}
	if p.Demand.Agents == 0 {
		b.WriteString("Agents are usually one for each node: set their number with -agents, and the queue of each follows from it.\n")
	}
	fmt.Fprintf(&b, "Assumed, not measured: %s a second for each partition, %d replicas, %d B for each cached decision, "+
		"room for %d× the average of undecided traces, at least %d instances.\n", amount(partitionRate, "B"), replicas, decisionBytes, headroom, fewest)
	b.WriteString("lab capacity -measure measures the same on another machine. docs/capacity.md explains the figures.\n")
	return b.String()
}

func (n notes) write(b *strings.Builder) {
	if len(n.full) > 0 {
		fmt.Fprintf(b, "Too few instances: %s, which is more than it may use.\n", strings.Join(n.full, ", "))
	}
	if len(n.above) > 0 {
		fmt.Fprintf(b, "Extrapolated: an instance of %s carries more here than was measured.\n", strings.Join(n.above, ", "))
	}
	if len(n.below) > 0 {
		fmt.Fprintf(b, "Extrapolated: an instance of %s carries less here than was measured, so it may need less than its fixed part.\n", strings.Join(n.below, ", "))
	}
}

// amount writes a number with its unit, bytes with a prefix.
func amount(v float64, unit string) string {
	if rest, ok := strings.CutPrefix(unit, "B"); ok {
		scaled, prefix := humanize.ComputeSI(v)
		return fmt.Sprintf("%s %sB%s", digits(scaled), prefix, rest)
	}
	return strings.TrimSpace(number(v) + " " + unit)
}

// plural returns a word for n things.
func plural(word string, n int) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// timeOf formats a time in hours or minutes if it is a whole number of them, and otherwise in seconds.
func timeOf(d time.Duration) string {
	if d >= time.Hour && d%time.Hour == 0 {
		return number(d.Hours()) + " h"
	}
	if d >= time.Minute && d%time.Minute == 0 {
		return number(d.Minutes()) + " min"
	}
	return number(d.Seconds()) + " s"
}

// digits formats a number below 1,000 with three significant digits.
func digits(v float64) string {
	if v == math.Trunc(v) {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'f', max(0, 2-int(math.Floor(math.Log10(math.Abs(v))))), 64)
}

// number formats large numbers with commas, and others with three significant digits.
func number(v float64) string {
	if math.Abs(v) >= 1000 || v == 0 {
		return humanize.Comma(int64(math.Round(v)))
	}
	return digits(v)
}

// significant formats a number with two significant digits, because the third would claim too much. It is unknown if it is not above 0.
func significant(v float64) string {
	if v <= 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return "unknown"
	}
	scale := math.Pow(10, math.Floor(math.Log10(v))-1)
	return number(math.Round(v/scale) * scale)
}
