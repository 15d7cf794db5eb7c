package capacity

import (
	"fmt"
	"strings"
)

// Markdown returns the tables for a page: what one core of each part carries, the sizes of a span, what three rates need, and
// how far off the predictions were.
func (c Costs) Markdown() (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s, at commit %s, in %d s (size: %s).\n", c.Machine, c.Commit, c.Seconds, c.Size)
	c.partTable(&b)
	c.byteTable(&b)
	if err := c.planTable(&b); err != nil {
		return "", err
	}
	c.checkTable(&b)
	return b.String(), nil
}

func (c Costs) partTable(b *strings.Builder) {
	fmt.Fprintf(b, "\n### What one core carries\n\nFor `%s`, which makes %s spans, at %s requests/s.\n\n", c.Request, number(c.Spans), list(c.Rates))
	b.WriteString("| part | pipeline | one core carries | for each | processor time | fixed, for each instance |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, p := range c.Parts {
		fmt.Fprintf(b, "| %s | %s | %s %ss/s | %s | %s | %s |\n", p.Name, p.Pipeline, significant(p.Line.carries()), p.Per, p.Per,
			p.Line.Each.text("µs"), p.Line.Fixed.text("cores"))
	}
}

func (c Costs) byteTable(b *strings.Builder) {
	b.WriteString("\n### How large a span is\n\n| where | bytes |\n| --- | --- |\n")
	for _, row := range []struct {
		where string
		Range
	}{
		{"between processes, as OTLP without compression", c.Bytes.Wire},
		{"in Kafka, compressed", c.Bytes.Kafka},
		{"in the queue of an agent, on disk", c.Bytes.Queue},
		{"undecided, in the memory of a gateway", c.Bytes.Memory},
		{"in Jaeger's own store on disk (Badger), with the indexes", c.Bytes.Badger},
	} {
		if row.Value > 0 {
			fmt.Fprintf(b, "| %s | %s |\n", row.where, row.text("B"))
		}
	}
	if c.Gateway.Value > 0 {
		fmt.Fprintf(b, "\nA gateway without spans has %s of memory.\n", amount(c.Gateway.Value, "B"))
	}
}

// shownRates are those of the table of what a rate needs.
var shownRates = []float64{1000, 10_000, 100_000}

// planTable shows what each rate needs, in each pipeline that was measured.
func (c Costs) planTable(b *strings.Builder) error {
	for _, pipeline := range c.Measured() {
		var plans []Plan
		for _, rate := range shownRates {
			d := c.Default(pipeline)
			d.Rate = rate
			p, err := c.Plan(d)
			if err != nil {
				return err
			}
			plans = append(plans, p)
		}
		fmt.Fprintf(b, "\n### What a rate needs: %s\n\nHere, %s. An instance may use %s cores: %s %% of %s.\n\n", pipeline, plans[0].Demand.kept(),
			number(plans[0].Demand.Busy*plans[0].Demand.Cores), number(100*plans[0].Demand.Busy), number(plans[0].Demand.Cores))
		b.WriteString("| |")
		for _, rate := range shownRates {
			fmt.Fprintf(b, " %s requests/s |", number(rate))
		}
		fmt.Fprintf(b, "\n| ---%s |\n", strings.Repeat(" | ---", len(shownRates)))
		for i, row := range plans[0].Rows {
			fmt.Fprintf(b, "| %s: %s |", row.Group, row.Name)
			for _, p := range plans {
				fmt.Fprintf(b, " %s |", amount(p.Rows[i].Value, p.Rows[i].Unit))
			}
			fmt.Fprintln(b)
		}
	}
	return nil
}

func (c Costs) checkTable(b *strings.Builder) {
	b.WriteString("\n### How far off the predictions were\n\n")
	fmt.Fprintf(b, "The costs come from %s requests/s. More than %d %% off is marked, and so is a rate that the machine did not reach.\n\n", list(c.Rates), within)
	b.WriteString("| pipeline | requests/s | what | predicted | measured | off by |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, k := range c.Checks {
		rate, mark := number(float64(k.Rate)), ""
		if !k.reached() {
			rate += fmt.Sprintf(", of which %s were answered", number(k.Answered))
		}
		if k.missed() {
			mark = " **missed**"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s%s |\n", k.Pipeline, rate, k.What, amount(k.Predicted, k.Unit), k.Measured.text(k.Unit), k.off(), mark)
	}
}

// text writes a range, such as 12 µs (11 to 14).
func (r Range) text(unit string) string {
	if r.Low == r.High {
		return amount(r.Value, unit)
	}
	return fmt.Sprintf("%s (%s to %s)", amount(r.Value, unit), number(r.Low), number(r.High))
}

func list(rates []int) string {
	var words []string
	for _, r := range rates {
		words = append(words, number(float64(r)))
	}
	return strings.Join(words, ", ")
}
