package main

import (
	"fmt"
	"io"
	"slices"

	"spanwise/doctor/report"
)

// The exit codes.
const (
	exitOK         = 0
	exitUnreadable = 1
	exitUsage      = 2
	exitFindings   = 3
)

// gate adds what -max-calls forbids to the cases, so that the reports show it.
func (o *options) gate(cases []report.Case) {
	if !o.given["max-calls"] {
		return
	}
	for i, c := range cases {
		for _, calls := range report.CallsAbove(c.Trace, o.maxCalls) {
			cases[i].Violations = append(cases[i].Violations, fmt.Sprintf("%s (-max-calls allows %d)", calls, o.maxCalls))
		}
	}
}

// exitCode is what the reports and the gates make of it. It prints violations to stderr.
func (o *options) exitCode(cases []report.Case, stderr io.Writer) int {
	code := exitOK
	for _, c := range cases {
		for _, v := range c.Violations {
			fmt.Fprintf(stderr, "doctor: trace %s: %s\n", c.Trace.ID, v)
			code = exitFindings
		}
		for _, f := range c.Report.Findings {
			if o.failOn[f.Kind] || !o.given["fail-on"] && !o.given["max-calls"] {
				code = exitFindings
			}
		}
	}
	return o.inPart(code, cases, stderr)
}

// inPart is the exit code if some of the input is missing: what is there can fail, but it cannot pass. With -fail-on none, nothing can fail.
func (o *options) inPart(code int, cases []report.Case, stderr io.Writer) int {
	cut := slices.ContainsFunc(cases, func(c report.Case) bool { return c.Report.CutOff })
	if code != exitOK || !cut || o.failOn[""] {
		return code
	}
	fmt.Fprintln(stderr, "doctor: nothing to fix in the part that was read, but the input is cut off (try: get all of it; -fail-on none accepts a part)")
	return exitUnreadable
}

// comparisonExitCode fails for what got worse, by the gates asked for. It prints violations to stderr.
func (o *options) comparisonExitCode(c report.Comparison, a, b []report.Case, stderr io.Writer) int {
	code := exitOK
	slower := float64(c.B.DurationUS-c.A.DurationUS) / float64(max(c.A.DurationUS, 1)) * 100
	if o.given["max-slower"] && slower > o.maxSlower {
		fmt.Fprintf(stderr, "doctor: %s takes %.0f %% longer than %s, and -max-slower allows %g %%\n", c.B.Name, slower, c.A.Name, o.maxSlower)
		code = exitFindings
	}
	known := map[string]bool{}
	for _, c := range a {
		for _, f := range c.Report.Findings {
			known[report.Title(f)] = true
		}
	}
	for _, c := range b {
		for _, f := range c.Report.Findings {
			if title := report.Title(f); o.failOn[f.Kind] && !known[title] {
				known[title] = true // report it once
				fmt.Fprintf(stderr, "doctor: trace %s: %s is new, and -fail-on forbids it\n", c.Trace.ID, title)
				code = exitFindings
			}
		}
	}
	if len(o.failOn) == 0 && !o.given["max-slower"] {
		return code // without a gate, nothing can fail
	}
	return o.inPart(code, slices.Concat(a, b), stderr)
}
