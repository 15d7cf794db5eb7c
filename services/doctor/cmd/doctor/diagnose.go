package main

import (
	"fmt"
	"io"

	"spanwise/doctor"
	"spanwise/doctor/report"
	"spanwise/doctor/trace"
)

// diagnose examines the traces together, so that each is evidence for the others, except for what -ignore lists.
func (o *options) diagnose(traces []*trace.Trace) []report.Case {
	limitMemory(traces)
	reports := doctor.DiagnoseAll(traces, doctor.Ignore(o.ignored.Reason))
	cases := make([]report.Case, len(traces))
	for i, t := range traces {
		cases[i] = report.Case{Trace: t, Service: o.service, Report: reports[i]}
	}
	return cases
}

// printUnused prints the entries of the file that -ignore names which have matched nothing.
func (o *options) printUnused(stderr io.Writer) {
	for _, line := range o.ignored.Unused() {
		fmt.Fprintf(stderr, "doctor: %s\n", line)
	}
}
