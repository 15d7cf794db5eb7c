package scale

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"spanwise/lab/bench"
	"spanwise/lab/native"
)

// A Report is the outcomes of drills, with the machine, the date and the commit.
type Report struct {
	Machine bench.Machine `json:"machine"`
	Commit  string        `json:"commit"` // of the source tree
	Drills  []Outcome     `json:"drills,omitempty"`
}

// A Run is a drill in an arrangement.
type Run struct {
	Drill
	In Arrangement
}

// Name returns both names.
func (r Run) Name() string { return r.In.Name + "/" + r.Drill.Name }

// Settings returns the variables for the programs.
func (r Run) Settings() []string { return slices.Concat(r.In.Settings(), r.Drill.Settings) }

// Run runs the drill in a run of the arrangement: see [Drill.Run].
func (r Run) Run(ctx context.Context, run *native.Run) Outcome { return r.Drill.Run(ctx, run, r.In) }

// Find returns the runs whose names, such as kafka/gateway-sigkill, match a regular expression, and of these only those for CI if quick
// is set. Those of one arrangement follow each other.
func Find(names string, quick bool) (found []Run, err error) {
	matches, err := regexp.Compile(names)
	if err != nil {
		return nil, fmt.Errorf("-only %s: want a regular expression for their names: %w", names, err)
	}
	for _, in := range arrangements {
		for _, d := range All {
			r := Run{d, in}
			isIn := slices.ContainsFunc(d.In, func(a Arrangement) bool { return a.Name == in.Name })
			if isIn && matches.MatchString(r.Name()) && (!quick || slices.Contains(d.Quick, in.Name)) {
				found = append(found, r)
			}
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no drill's name matches %q (lab scale -list shows them all)", names)
	}
	return found, nil
}

// List describes runs, for a terminal.
func List(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		fmt.Fprintf(&b, "%s\n    %s\n", r.Name(), r.Text)
	}
	return b.String()
}

// String returns what went wrong, or that nothing did, in a line or more.
func (o Outcome) String() string {
	name := o.Arrangement + "/" + o.Drill
	if len(o.Wrong) > 0 {
		return fmt.Sprintf("FAIL  %s: %s\n", name, strings.Join(o.Wrong, "\n      "))
	}
	var figures []string
	for i, c := range o.cells() {
		figures = append(figures, columns[2+i]+" "+c)
	}
	return fmt.Sprintf("ok    %s: %s\n", name, strings.Join(figures, ", "))
}

// columns are the heads of the table. The last two are what the counters of the agents and gateways that run say: traces that were
// thrown out undecided, and spans that were lost.
var columns = []string{
	"arrangement", "drill", "failed and slow kept", "others kept", "missing", "partial", "within the bound", "held", "copies", "counted: thrown out", "counted: lost",
}

// cells returns the figures of an outcome.
func (o Outcome) cells() []string {
	must, rest, all := o.of(important...), o.of(Normal), o.of(Kinds...)
	kept := func(t Tally) string { return fmt.Sprintf("%s of %s", number(t.Kept), number(t.Wanted)) }
	return []string{kept(must), kept(rest), number(all.Missing), number(all.Partial), o.within(all), number(o.Held), number(o.Copies), number(o.Evicted), number(o.Reported)}
}

// within returns how many traces are missing or partial within the bound, and how many it explains.
func (o Outcome) within(all Tally) string {
	if o.Bound == 0 {
		return number(all.Allowed)
	}
	return fmt.Sprintf("%s, at most %s", number(all.Allowed), number(o.Bound))
}

func number(n int) string { return humanize.Comma(int64(n)) }

// row returns an outcome as a row of the table.
func (o Outcome) row() []string {
	row := append([]string{o.Arrangement, o.Drill}, o.cells()...)
	if len(o.Wrong) > 0 {
		row[1] += " **failed**"
	}
	return row
}

// String returns the outcomes as a table for a terminal.
func (r Report) String() string {
	return terminalTable(columns, r.Drills, Outcome.row) + verdicts(r.Drills) + fmt.Sprintf("Measured on %s, at commit %s.\n", r.Machine, r.Commit)
}

// legend explains the bound and what shows that something was broken.
const legend = "*At most* is %d traces a second × the seconds that the text of the drill says × the share of traces that should be kept: " +
	"the wait is %d s, the time in flight %v s, and each of two gateways has half of the traces. *Held* are the undecided traces " +
	"of the gateway that was broken, at that moment. A trace that is kept although sampling should have dropped it fails the drill.\n\n"

// Markdown returns the table for a page, whether the pipelines reach their goals, and what each drill breaks.
func (r Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, legend, rate, wait, inFlight.Seconds())
	fmt.Fprintf(&b, "Measured on %s, at commit %s.\n\n%s\n", r.Machine, r.Commit, markdownTable(columns, r.Drills, Outcome.row))
	fmt.Fprintf(&b, "Targets:\n\n%s\n", verdicts(r.Drills))
	for _, d := range All {
		if !slices.ContainsFunc(r.Drills, func(o Outcome) bool { return o.Drill == d.Name }) {
			continue
		}
		fmt.Fprintf(&b, "- **%s**: %s%s\n", d.Name, d.Text, d.Bound.text())
	}
	return b.String()
}
