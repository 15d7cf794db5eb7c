package main

import (
	"fmt"
	"io"

	"spanwise/doctor"
	"spanwise/doctor/report"
)

// gate writes into the cases what -max-calls forbids, for the reports to say.
func (o *options) gate(cases []report.Case) {
	if !o.counted {
		return
	}
	for i, c := range cases {
		for _, over := range report.CallsAbove(c.Trace, o.maxCalls) {
			cases[i].Forbidden = append(cases[i].Forbidden, fmt.Sprintf("%s; at most %d are allowed (-max-calls)", over, o.maxCalls))
		}
	}
}

// judge turns the reports into the exit code, and says on stderr what a gate stopped for.
func (o *options) judge(cases []report.Case, stderr io.Writer) int {
	code := healthy
	for _, c := range cases {
		for _, f := range c.Forbidden {
			fmt.Fprintf(stderr, "doctor: trace %s: %s\n", c.Trace.ID, f)
			code = ill
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

// compared turns a comparison into the exit code: what got worse, by the gates asked for.
func (o *options) compared(c report.Comparison, a, b []report.Case, stderr io.Writer) int {
	code := healthy
	if slower := float64(c.B.DurationUS-c.A.DurationUS) / float64(max(c.A.DurationUS, 1)) * 100; o.measured && slower > o.maxSlower {
		fmt.Fprintf(stderr, "doctor: %s takes %.0f %% longer than %s; at most %g %% are allowed (-max-slower)\n", c.B.Name, slower, c.A.Name, o.maxSlower)
		code = ill
	}
	type place struct {
		kind                       doctor.Kind
		service, operation, callee string
	}
	known := map[place]bool{}
	for _, c := range a {
		for _, f := range c.Report.Findings {
			known[place{f.Kind, f.Service, f.Operation, f.Callee}] = true
		}
	}
	for _, c := range b {
		for _, f := range c.Report.Findings {
			at := place{f.Kind, f.Service, f.Operation, f.Callee}
			if o.failOn[f.Kind] && !known[at] {
				known[at] = true // says it once
				fmt.Fprintf(stderr, "doctor: trace %s: %s is new (-fail-on)\n", c.Trace.ID, report.Where(f))
				code = ill
			}
		}
	}
	return code
}
