package doctor_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"spanwise/doctor"
	"spanwise/doctor/trace/tracetest"
)

var update = flag.Bool("update", false, "write the reports that the traces in testdata get now")

// Every case in testdata gets the report next to its trace. A file KIND.txtar, or KIND.VARIANT.txtar, must be found to have
// that kind first of all; a near miss, KIND.not-WHY.txtar, must not be found to have it.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("internal/rule/testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases in testdata", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) { golden(t, file, name) })
	}
}

func golden(t *testing.T, file, name string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	traces, err := tracetest.Parse(section(archive, "trace"))
	if err != nil {
		t.Fatal(err)
	}
	report := doctor.DiagnoseAll(traces)[0]
	kind, variant, _ := strings.Cut(name, ".")
	why, miss := strings.CutPrefix(variant, "not-")
	first := func(f doctor.Finding) bool { return f.Kind == doctor.Kind(kind) }
	switch found := slices.ContainsFunc(report.Findings, first); {
	case miss && found:
		t.Errorf("%s is found, though this is %s", kind, why)
	case !miss && kind == "detached-work": // is never worth more than a mention
		if !slices.ContainsFunc(report.AlsoSeen, first) {
			t.Errorf("%s is not mentioned", kind)
		}
	case !miss && !found:
		t.Errorf("%s is not found", kind)
	case !miss && kind != "broken-propagation" && report.Findings[0].Kind != doctor.Kind(kind): // costs no time, so comes last
		t.Errorf("the first finding is %s, want %s", report.Findings[0].Kind, kind)
	}
	got := draw(report)
	if *update {
		archive.Files = []txtar.File{{Name: "trace", Data: []byte(section(archive, "trace"))}, {Name: "report", Data: []byte(got)}}
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(section(archive, "report"), got); diff != "" {
		t.Errorf("report (-want +got, -update if it is right):\n%s", diff)
	}
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// draw writes a report as a person would check it.
func draw(r doctor.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %d µs, %d spans, %.0f %% unexplained\n", r.Root.Service, r.Root.Operation, r.Root.DurationUS, r.Spans, r.UnexplainedShare*100)
	for _, f := range r.Findings {
		b.WriteString("\n")
		drawFinding(&b, f)
	}
	for _, f := range r.AlsoSeen {
		b.WriteString("\nalso seen: ")
		drawFinding(&b, f)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "\nnote: %s\n", n)
	}
	return b.String()
}

func drawFinding(b *strings.Builder, f doctor.Finding) {
	fmt.Fprintf(b, "%s in %s %s", f.Kind, f.Service, f.Operation)
	if f.Callee != "" {
		fmt.Fprintf(b, " → %s", f.Callee)
	}
	fmt.Fprintf(b, " ×%d (%s, %s)\n", f.Count, f.Confidence, f.Evidence)
	if f.Lead != "" {
		fmt.Fprintf(b, "  lead: %s\n", f.Lead)
	}
	if f.Saving.Basis != doctor.None {
		fmt.Fprintf(b, "  saves %d to %d µs (%s), then %d µs\n", f.Saving.LowUS, f.Saving.HighUS, f.Saving.Basis, f.AfterUS)
	}
	fmt.Fprintf(b, "  on the path %d µs; spans %s\n", f.CriticalPathUS, shortList(f.SpanIDs))
	fmt.Fprintf(b, "  because %s\n  unless %s\n  fix: %s\n", f.Because, f.Unless, f.Fix)
}

func shortList(ids []string) string {
	if len(ids) > 6 {
		return fmt.Sprintf("%s … %s", strings.Join(ids[:3], " "), ids[len(ids)-1])
	}
	return strings.Join(ids, " ")
}
