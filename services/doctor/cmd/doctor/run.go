package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"spanwise/doctor"
	"spanwise/doctor/read"
	"spanwise/doctor/report"
)

// What the exit codes mean.
const (
	healthy    = 0
	unreadable = 1
	misused    = 2
	ill        = 3
)

// run is the command with everything it touches as an argument, args[0] being how it was called. It returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	out := bufio.NewWriter(stdout)
	look := look(stdout, getenv)
	if strings.ContainsRune(args[0], os.PathSeparator) { // and so not found by its name alone
		look.Program = args[0]
	}
	code, err := answer(ctx, args[1:], stdin, out, look, stderr)
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return code
	}
	fmt.Fprintf(stderr, "doctor: %v\n", err)
	if wrong := usage(""); errors.As(err, &wrong) {
		return misused
	}
	return unreadable
}

// A usage error is one that another command line would not have.
type usage string

func (u usage) Error() string {
	if strings.Contains(string(u), "(try: ") {
		return string(u)
	}
	return string(u) + " (doctor -help lists all flags)"
}

// answer does what the arguments ask for.
func answer(ctx context.Context, args []string, stdin io.Reader, out io.Writer, look report.Look, stderr io.Writer) (int, error) {
	if len(args) > 0 && args[0] == "explain" {
		return healthy, explain(out, args[1:], look)
	}
	if len(args) > 0 && args[0] == "help" {
		args = []string{"-help"}
	}
	o, err := parse(args, out)
	if err != nil {
		return healthy, err
	}
	if o.version {
		return healthy, version(out)
	}
	src := source{stdin, read.Jaeger(o.jaeger, &http.Client{Timeout: o.timeout}), o.wait, stderr}
	if o.compare {
		return compare(ctx, out, o, src, look)
	}
	cases, err := o.read(ctx, src)
	if err != nil {
		return healthy, err
	}
	o.gate(cases)
	look = o.again(look)
	if err := o.print(out, cases, look); err != nil {
		return healthy, err
	}
	if o.html != "" {
		if err := writePage(o.html, cases); err != nil {
			return healthy, err
		}
		fmt.Fprintf(stderr, "wrote %s\n", o.html)
	}
	return o.judge(cases, stderr), nil
}

// print writes the report in the form asked for: by itself for one trace, as a ranking for several.
func (o *options) print(out io.Writer, cases []report.Case, look report.Look) error {
	switch {
	case o.json:
		return report.JSON(out, cases)
	case o.markdown:
		return report.Markdown(out, cases, look)
	case len(cases) == 1:
		return report.Terminal(out, cases[0], look)
	}
	return report.Ranking(out, cases, look)
}

// writePage writes the HTML report to a file.
func writePage(name string, cases []report.Case) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("-html: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return report.HTML(f, cases)
}

// diagnose examines the traces together, so that each is evidence for the others.
func diagnose(traces []*trace) []report.Case {
	reports := doctor.DiagnoseAll(traces)
	cases := make([]report.Case, len(traces))
	for i, t := range traces {
		cases[i] = report.Case{Trace: t, Report: reports[i]}
	}
	return cases
}
