package drill

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"

	"spanwise/lab/bench"
)

// A Report is the outcomes of several drills, with the machine, the date and the commit.
type Report struct {
	Machine bench.Machine `json:"machine"`
	Commit  string        `json:"commit"` // of the source tree
	Drills  []Outcome     `json:"drills"`
}

// Find returns the drills whose names match a regular expression, and of these only those for CI if quick is set.
func Find(names string, quick bool) ([]Drill, error) {
	matches, err := regexp.Compile(names)
	if err != nil {
		return nil, fmt.Errorf("-only %s: want a regular expression for their names: %w", names, err)
	}
	found := slices.DeleteFunc(slices.Clone(All), func(d Drill) bool {
		return !matches.MatchString(d.Name) || quick && !d.Quick
	})
	if len(found) == 0 {
		return nil, fmt.Errorf("no drill's name matches %q (lab drill -list shows them all)", names)
	}
	return found, nil
}

// List describes drills, for a terminal.
func List(drills []Drill) string {
	var b strings.Builder
	for _, d := range drills {
		fmt.Fprintf(&b, "%s\n    %s\n", d.Name, d.Text)
	}
	return b.String()
}

// String returns what went wrong, or that nothing did, in a line or more.
func (o Outcome) String() string {
	switch {
	case o.Skipped != "":
		return fmt.Sprintf("skip  %s: %s\n", o.Drill, o.Skipped)
	case len(o.Wrong) > 0:
		return fmt.Sprintf("FAIL  %s (-seed %d): %s\n", o.Drill, o.Seed, strings.Join(slices.Concat(o.Wrong, o.Figures), "\n      "))
	}
	row := o.row("%s requests, failed: %s; spans started %s, found %s, lost %s, copies %s; recovery %s")
	return fmt.Sprintf("ok    %s: %s\n", o.Drill, strings.Join(append([]string{row}, o.Figures...), "\n      "))
}

// columns are the heads of the table.
const columns = "drill|requests|failed|spans started|found|lost|copies|recovery"

// row formats the figures of an outcome.
func (o Outcome) row(format string) string {
	number := func(n int) string { return humanize.Comma(int64(n)) }
	var failed []string
	for _, f := range o.Load.Failures {
		failed = append(failed, number(f.Count)+" "+f.Kind)
	}
	if n := o.Load.NotSent; n > 0 {
		failed = append(failed, number(n)+" not sent")
	}
	lost := number(o.Lost)
	if o.Lost > 0 {
		lost += fmt.Sprintf(" (%s in progress)", number(o.InWork))
	}
	return fmt.Sprintf(format, number(o.Requests), cmp.Or(strings.Join(failed, ", "), "0"), number(o.Started), number(o.Found), lost,
		number(o.Copies), o.Recovery.Round(100*time.Millisecond))
}

// String returns the outcomes as a table for a terminal.
func (r Report) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.ReplaceAll(columns, "|", "\t"))
	for _, o := range r.Drills {
		if o.Skipped != "" {
			fmt.Fprintf(w, "%s\tskipped: %s\n", o.Drill, o.Skipped)
			continue
		}
		fmt.Fprintf(w, "%s\t%s%s\n", o.Drill, o.row(strings.Repeat("%s\t", 6)+"%s"), failedMark(o))
	}
	w.Flush()
	fmt.Fprintf(&b, "Measured on %s, at commit %s.\n", r.Machine, r.Commit)
	return b.String()
}

// Markdown returns the table for a page, and what each drill breaks.
func (r Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s, at commit %s.\n\n| %s |\n|%s\n", r.Machine, r.Commit, strings.ReplaceAll(columns, "|", " | "), strings.Repeat(" --- |", 8))
	for _, o := range r.Drills {
		if o.Skipped != "" {
			fmt.Fprintf(&b, "| %s | skipped: %s |\n", o.Drill, o.Skipped)
			continue
		}
		fmt.Fprintf(&b, "| %s | %s%s |\n", o.Drill, o.row(strings.Repeat("%s | ", 6)+"%s"), failedMark(o))
	}
	b.WriteString("\n")
	for _, o := range r.Drills {
		fmt.Fprintf(&b, "- **%s**: %s\n", o.Drill, o.Text)
		for _, figures := range o.Figures {
			fmt.Fprintf(&b, "  Measured: %s.\n", figures)
		}
	}
	return b.String()
}

func failedMark(o Outcome) string {
	if len(o.Wrong) > 0 {
		return " **failed**"
	}
	return ""
}
