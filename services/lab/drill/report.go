package drill

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"
)

// A Report is the outcomes of several drills, such as those of drill.json, in the order of [All].
type Report []Outcome

// Read reads the outcomes of a file. Without the file, there are none.
func Read(file string) (Report, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var r Report
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%s does not hold the outcomes of lab drill (give another file, or delete it): %w", file, err)
	}
	return r, nil
}

// With returns the report with one more outcome, in place of an earlier one of the same drill, unless the drill was skipped now.
func (r Report) With(one Outcome) Report {
	same := func(old Outcome) bool { return old.Drill == one.Drill }
	if one.Skipped != "" && slices.ContainsFunc(r, same) {
		return r
	}
	all := append(slices.DeleteFunc(slices.Clone(r), same), one)
	order := func(o Outcome) int { return slices.IndexFunc(All, func(d Drill) bool { return d.Name == o.Drill }) }
	slices.SortStableFunc(all, func(a, b Outcome) int { return order(a) - order(b) })
	return all
}

// Find returns the drills whose names match a regular expression, and of these only those for CI if quick is set.
func Find(names string, quick bool) ([]Drill, error) {
	matches, err := regexp.Compile(names)
	if err != nil {
		return nil, fmt.Errorf("-only %s: want a regular expression for their names: %w", names, err)
	}
	found := slices.DeleteFunc(slices.Clone(All), func(d Drill) bool { return !matches.MatchString(d.Name) })
	if len(found) == 0 {
		return nil, fmt.Errorf("no drill's name matches %q (lab drill -list shows them all)", names)
	}
	if quick {
		found = slices.DeleteFunc(found, func(d Drill) bool { return !d.Quick })
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no drill whose name matches %q is among the few for CI (leave out -quick)", names)
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
	c := o.cells()
	row := fmt.Sprintf("%s requests, failed: %s; spans started %s, found %s, lost %s, copies %s; recovery %s", c[0], c[1], c[2], c[3], c[4], c[5], c[6])
	return fmt.Sprintf("ok    %s: %s\n", o.Drill, strings.Join(append([]string{row}, o.Figures...), "\n      "))
}

// columns are the heads of the table.
const columns = "drill|requests|failed|spans started|found|lost|copies|recovery|date|commit"

// cells are the figures of an outcome, for all columns but the first.
func (o Outcome) cells() []string {
	number := func(n int) string { return humanize.Comma(int64(n)) }
	var failed []string
	if o.Refused > 0 {
		failed = append(failed, number(o.Refused)+" refused")
	}
	for _, f := range o.failures() {
		failed = append(failed, number(f.Count)+" "+f.Kind)
	}
	if n := o.Load.NotSent; n > 0 {
		failed = append(failed, number(n)+" not sent")
	}
	lost := number(o.Lost)
	if o.Lost > 0 {
		lost += fmt.Sprintf(" (%s in progress)", number(o.InWork))
	}
	recovery := o.Recovery.Round(100 * time.Millisecond).String()
	return []string{
		number(o.Requests), cmp.Or(strings.Join(failed, ", "), "0"), number(o.Started), number(o.Found), lost, number(o.Copies), recovery,
		o.Machine.Date, o.Commit,
	}
}

// String returns the outcomes as a table for a terminal.
func (r Report) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.ReplaceAll(columns, "|", "\t"))
	for _, o := range r {
		fmt.Fprintln(w, o.line("\t"))
	}
	w.Flush()
	fmt.Fprintf(&b, "Measured on %s.\n", r.machines())
	return b.String()
}

// Markdown returns the table for a page, and what each drill breaks.
func (r Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s.\n\n| %s |\n|%s\n", r.machines(), strings.ReplaceAll(columns, "|", " | "), strings.Repeat(" --- |", 1+strings.Count(columns, "|")))
	for _, o := range r {
		fmt.Fprintf(&b, "| %s |\n", o.line(" | "))
	}
	b.WriteString("\n")
	for _, o := range r {
		fmt.Fprintf(&b, "- **%s**: %s\n", o.Drill, o.Text)
		for _, figures := range o.Figures {
			fmt.Fprintf(&b, "  Measured: %s.\n", figures)
		}
	}
	return b.String()
}

// line returns the outcome's line in a table.
func (o Outcome) line(separator string) string {
	if o.Skipped != "" {
		return o.Drill + separator + "skipped: " + o.Skipped
	}
	return o.Drill + separator + strings.Join(o.cells(), separator) + failedMark(o)
}

// machines describes the machines of the outcomes, without the dates, which are in the table.
func (r Report) machines() string {
	var all []string
	for _, o := range r {
		if text := strings.TrimSuffix(o.Machine.String(), ", "+o.Machine.Date); !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return strings.Join(all, "; ")
}

func failedMark(o Outcome) string {
	if len(o.Wrong) > 0 {
		return " **failed**"
	}
	return ""
}
