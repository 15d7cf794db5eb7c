package mcp

import (
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor/report"
	"spanwise/doctor/trace"
)

// A summaryData is a trace in a list.
type summaryData struct {
	TraceID    string       `json:"trace_id"`
	Service    string       `json:"service"`
	Operation  string       `json:"operation"`
	DurationUS trace.Micros `json:"duration_us"`
	Findings   []string     `json:"findings"` // their kinds
}

func summarize(c report.Case) summaryData {
	root := c.Report.Root
	d := summaryData{c.Report.TraceID, root.Service, root.Operation, root.DurationUS - root.IdleUS, []string{}}
	for _, f := range c.Report.Findings {
		if kind := string(f.Kind); !slices.Contains(d.Findings, kind) {
			d.Findings = append(d.Findings, kind)
		}
	}
	return d
}

func briefly(cases []report.Case) (list []summaryData) {
	for _, c := range cases {
		list = append(list, summarize(c))
	}
	return list
}

func summary(c report.Case) string {
	d := summarize(c)
	found := "nothing to fix"
	if len(d.Findings) > 0 {
		found = strings.Join(d.Findings, ", ")
	}
	return fmt.Sprintf("%s  trace %s  %s: %s: %s", d.DurationUS, d.TraceID, brief(d.Service), brief(d.Operation), found)
}

// brief makes a name of unknown origin fit into a line.
func brief(name string) string {
	const most = 100 // characters
	if letters := []rune(report.Printable(name)); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return report.Printable(name)
}
