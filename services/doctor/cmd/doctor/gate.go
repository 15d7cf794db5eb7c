package main

import (
	"fmt"
	"io"

	"spanwise/doctor/report"
)

// judge turns the reports into the exit code, and says on stderr what a gate stopped for.
func (o *options) judge(cases []report.Case, stderr io.Writer) int {
	code := healthy
	if o.maxCalls > 0 {
		for _, c := range cases {
			for _, over := range report.CallsAbove(c.Trace, o.maxCalls) {
				fmt.Fprintf(stderr, "doctor: trace %s: %s; at most %d are allowed (-max-calls)\n", c.Trace.ID, over, o.maxCalls)
				code = ill
			}
		}
	}
	if o.gated && o.failOn == nil {
		return code
	}
	for _, c := range cases {
		for _, f := range c.Report.Findings {
			if o.failOn == nil || o.failOn[f.Kind] {
				code = ill
			}
		}
	}
	return code
}
