// Command doctor reads a distributed trace and reports where the time went, why, and how much a fix would save.
//
//	$ doctor books.json
//	web: GET /books  412 ms
//	trace 4bf92f3577b34da6a3ce929d0e0e4736, 44 spans from 4 services
//
//	                                              0                                           412 ms
//	web: GET /books                       412 ms  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
//	├ check session                       1.7 ms  ▌
//	├ GET                                28.9 ms  ░░░░
//	│ └ catalog: GET /books              27.1 ms  ░░░▏
//	│   └ SELECT books                   25.4 ms  ████
//	├ GET [1]                        24.1 ms ×12     ▏░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
//	│ └ authors: GET /authors/{id}   22.8 ms ×12     ▏░░▏░░▏░░▏░░▏░░▏░░▏░░▏░░▏░░▏░░▏░░▏░░▏
//	│   └ SELECT authors             21.2 ms ×12      ███████████████████████████████████▌
//	├ GET ✗                                61 ms                                         ▏░░░░░░░
//	│ └ ratings: GET /ratings ✗ [2]      59.4 ms                                         ▌███████
//	└ render page                        24.6 ms                                                ▏███
//	█ on the critical path, ░ waiting for a child or running in parallel
//
//	web makes 12 calls to authors where one or two would do; this accounts for 70 % of the time.
//	Fixing both findings would cut 412 ms to about 154 ms. 6 % of the time is not covered by any
//	span.
//
//	1. n-plus-one in web: GET /books → authors
//	   saves 246 to 270 ms of 412 ms; 70 % of the critical path; high confidence
//	   Why     12 × `GET /authors/{id}` in authors under `GET /books`, for 12 different items; one
//	           after another: 290 ms in the calls and 4.4 ms between them, 70 % of the critical path
//	   Fix     fetch all 12 from authors in one request; if it has no batch endpoint, make the calls
//	           in parallel, a few at a time
//	   Unless  each call needs the previous call's result, or the callee cannot handle several items
//	           at once
//
//	2. error-origin in ratings: GET /ratings
//	   no saving estimated; 14 % of the critical path; high confidence
//	   Why     `GET /ratings` in ratings failed (503), and nothing below it did; it propagated up
//	           through 1 span; `GET /books` in web continued despite it
//	   Fix     look at `GET /ratings` in ratings first
//	   Unless  a call that it made failed without leaving a span
//
//	Also seen, but less important: 2 × slow-dependency (see -all).
//
//	Next: doctor explain n-plus-one          # how the rule works, and what can mislead it
//	      doctor -compare books.json AFTER   # once it is fixed
//
// It exits with 0 if there is nothing to fix, 3 if there is, 2 if it was called wrongly, and 1 if it could not read the
// trace. `doctor -help` describes its other uses.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"

	"spanwise/doctor/report"
	"spanwise/doctor/trace"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// run is the command; args[0] is how it was called. It returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	if len(args) > 1 && args[1] == "mcp" {
		return exitCodeOf(serveTools(ctx, args[2:], stdin, stdout, stderr), exitOK, stderr)
	}
	out := bufio.NewWriter(stdout)
	look := report.TerminalLook(stdout, getenv)
	if strings.ContainsRune(args[0], os.PathSeparator) { // the name alone would not be found
		look.Program = args[0]
	}
	code, err := execute(ctx, args[1:], stdin, out, look, stderr)
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	return exitCodeOf(err, code, stderr)
}

// exitCodeOf prints an error, and returns its exit code; code if there is none.
func exitCodeOf(err error, code int, stderr io.Writer) int {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return code
	}
	fmt.Fprintf(stderr, "doctor: %v\n", err)
	if wrong := usage(""); errors.As(err, &wrong) {
		return exitUsage
	}
	return exitUnreadable
}

// execute does what the arguments ask for.
func execute(ctx context.Context, args []string, stdin io.Reader, out io.Writer, look report.Look, stderr io.Writer) (int, error) {
	if len(args) > 0 && args[0] == "explain" {
		return exitOK, explain(out, args[1:], look)
	}
	if len(args) > 0 && args[0] == "help" {
		args = []string{"-help"}
	}
	o, err := parse(args, out)
	if err != nil {
		return exitOK, err
	}
	if o.version {
		return exitOK, version(out)
	}
	src := source{stdin, announced{o.backend(), stderr}, o.connect, o.wait, stderr, stderr}
	if o.given["jaeger"] || o.given["tempo"] {
		src.connect = nil
	}
	if o.compare {
		return compare(ctx, out, o, src, look)
	}
	cases, err := o.examine(ctx, src)
	if err != nil {
		return exitOK, err
	}
	o.gate(cases)
	if err := o.print(out, cases, o.reread(look)); err != nil {
		return exitOK, err
	}
	if o.html != "" {
		if err := writePage(o.html, report.WithoutCrumbs(cases), o.reread(look)); err != nil {
			return exitOK, err
		}
		fmt.Fprintf(stderr, "wrote %s\n", o.html)
	}
	return o.exitCode(cases, stderr), nil
}

// version prints what the go command recorded in this build: module, version, Go, and the commit if it knew one.
func version(out io.Writer) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("-version: this binary has no build information (try: go build ./cmd/doctor)")
	}
	fmt.Fprintf(out, "doctor of %s %s, %s\n", info.Main.Path, info.Main.Version, info.GoVersion)
	for _, s := range info.Settings {
		if key, vcs := strings.CutPrefix(s.Key, "vcs."); vcs {
			fmt.Fprintf(out, "%s %s\n", key, s.Value)
		}
	}
	return nil
}

// print writes the report in the form asked for: in full for one trace, as a ranking for several.
func (o *options) print(out io.Writer, cases []report.Case, look report.Look) error {
	if o.json {
		return report.JSON(out, cases)
	}
	cases = report.WithoutCrumbs(cases)
	switch {
	case o.markdown:
		return report.Markdown(out, cases, look)
	case len(cases) == 1:
		return report.Terminal(out, cases[0], look)
	}
	return report.Ranking(out, cases, look)
}

// writePage writes the HTML report to a file.
func writePage(name string, cases []report.Case, look report.Look) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("-html: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return report.HTML(f, cases, look)
}

// compare compares two traces, or two files of traces, and returns the exit code.
func compare(ctx context.Context, out io.Writer, o *options, src source, look report.Look) (int, error) {
	a, err := src.load(ctx, o.names[0])
	if err != nil {
		return exitOK, err
	}
	b, err := src.load(ctx, o.names[1])
	if err != nil {
		return exitOK, err
	}
	trace.ResolveCallees(slices.Concat(a, b)...) // or a callee could have a name on one side and an address on the other
	before, after := report.Side{Name: o.names[0], Cases: o.diagnose(a)}, report.Side{Name: o.names[1], Cases: o.diagnose(b)}
	o.printUnused(src.stderr)
	c := report.Compare(before, after)
	switch {
	case o.json:
		err = c.JSON(out)
	case o.markdown:
		err = c.Markdown(out)
	default:
		err = c.Terminal(out, o.reread(look))
	}
	return o.comparisonExitCode(c, before.Cases, after.Cases, src.stderr), err
}
