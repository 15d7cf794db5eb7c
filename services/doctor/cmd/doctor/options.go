package main

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/ignore"
	"spanwise/doctor/report"
)

// options are the command line.
type options struct {
	jaeger, tempo, service, html, trace   string
	header                                http.Header
	redirect                              func(to *http.Request, via []*http.Request) error // nil: follow redirects anywhere
	last, timeout, wait                   time.Duration
	json, markdown, compare, all, version bool
	failOn                                map[doctor.Kind]bool
	ignored                               *ignore.List
	maxCalls                              int
	maxSlower                             float64         // percent
	names                                 []string        // traces and files
	given                                 map[string]bool // which flags
}

// localJaeger is where Jaeger listens by default.
const localJaeger = "http://localhost:16686"

// parse reads flags, which may come before and after traces and files.
func parse(args []string, out io.Writer) (*options, error) {
	o := &options{given: map[string]bool{}}
	f := flag.NewFlagSet("doctor", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	o.serverFlags(f)
	f.StringVar(&o.service, "service", "", "diagnose the traces of the service with this `NAME`")
	f.Var(newDuration(&o.last, 15*time.Minute), "last", "with -service: look back this `duration`")
	f.StringVar(&o.trace, "trace", "",
		"report only the trace with this `ID` or unique ID prefix; any other traces serve as evidence")
	f.BoolVar(&o.compare, "compare", false, "compare two traces, or two files of traces")
	f.BoolVar(&o.json, "json", false, "print JSON: one object for one trace, one per line for several")
	f.BoolVar(&o.markdown, "markdown", false, "print Markdown, for the summary of a CI run")
	f.BoolVar(&o.all, "all", false, "list everything, including less important findings, all causes and all notes")
	f.StringVar(&o.html, "html", "", "also write a self-contained HTML page to `FILE`")
	f.Func("fail-on", "exit with code 3 only for findings of these `kinds`, such as n-plus-one,retry-storm; \"none\" ignores all findings.\n"+
		"With -compare: only for findings of these kinds that are new in B", o.parseKinds)
	f.Func("ignore", "do not count the findings that this `FILE` lists, one per line with the reason, as in\n"+
		"    n-plus-one in order: GET /orders/{id}  # orders have at most three lines", o.openIgnored)
	f.IntVar(&o.maxCalls, "max-calls", 0, "exit with code 3 if a service calls the same operation more than `N` times in one trace")
	f.Float64Var(&o.maxSlower, "max-slower", 0, "with -compare: exit with code 3 if B takes more than `N` percent longer than A")
	f.BoolVar(&o.version, "version", false, "print the version of this build")
	for rest := args; ; {
		if err := f.Parse(rest); err == flag.ErrHelp {
			fmt.Fprint(out, usageHelp)
			f.SetOutput(out)
			f.PrintDefaults()
			fmt.Fprint(out, outputHelp)
			return nil, err
		} else if err != nil {
			return nil, usage(err.Error())
		}
		if f.NArg() == 0 {
			break
		}
		o.names, rest = append(o.names, f.Arg(0)), f.Args()[1:]
	}
	f.Visit(func(f *flag.Flag) { o.given[f.Name] = true })
	if o.version {
		return o, nil
	}
	return o, o.check()
}

// serverFlags defines the flags about the server that has the traces.
func (o *options) serverFlags(f *flag.FlagSet) {
	f.StringVar(&o.jaeger, "jaeger", localJaeger, "`URL` of Jaeger's query API")
	f.StringVar(&o.tempo, "tempo", "", "`URL` of Grafana Tempo's HTTP API, to read from there instead of from Jaeger")
	f.Func("header", "send this `HEADER` with each request, such as 'X-Scope-OrgID: TENANT'; may be repeated", o.addHeader)
	f.Var(newDuration(&o.timeout, 30*time.Second), "timeout", "wait this `duration` for each response from Jaeger or Tempo")
	f.Var(newDuration(&o.wait, 2*time.Second), "wait", "wait this `duration` for traces that have not fully arrived there yet")
}

// parseKinds parses the value of -fail-on.
func (o *options) parseKinds(list string) error {
	o.failOn = map[doctor.Kind]bool{}
	for word := range strings.SplitSeq(list, ",") {
		word = strings.TrimSpace(word)
		k, known := doctor.KindNamed(word)
		switch {
		case word == "":
			return fmt.Errorf("want kinds separated by commas, or none; the kinds are %s", kindNames())
		case !known && word != "none":
			return fmt.Errorf("no such kind: %s; the kinds are %s", word, kindNames())
		}
		o.failOn[k.Kind] = true // none adds the empty kind, which no finding has
	}
	return nil
}

// openIgnored reads the file that -ignore names.
func (o *options) openIgnored(name string) (err error) {
	o.ignored, err = ignore.Open(name)
	return err
}

// A usage error is one that a different command line would avoid.
type usage string

func (u usage) Error() string {
	if strings.Contains(string(u), "(try: ") {
		return string(u)
	}
	return string(u) + " (doctor -help lists all flags)"
}

func reject(format string, args ...any) error { return usage(fmt.Sprintf(format, args...)) }

// checkServer rejects wrong values of the flags about the server.
func (o *options) checkServer() error {
	switch {
	case o.timeout <= 0:
		return reject("-timeout %s: want a duration such as 30s", o.timeout)
	case o.wait < 0:
		return reject("-wait %s: want a duration such as 2s, or 0", o.wait)
	case !isHTTP(o.jaeger):
		return reject("-jaeger: want an address that begins with http:// or https://, such as %s", localJaeger)
	case !isHTTP(o.tempo):
		return reject("-tempo: want an address that begins with http:// or https://, such as http://localhost:3200")
	case o.given["tempo"] && (o.given["jaeger"] || o.tempo == ""):
		return reject("-tempo wants the address of a Tempo, and excludes -jaeger")
	}
	return nil
}

// check rejects values out of range and flags that do not go together.
func (o *options) check() error {
	if err := o.checkServer(); err != nil {
		return err
	}
	switch {
	case o.json && o.markdown:
		return reject("-json and -markdown: choose one")
	case o.given["max-calls"] && o.maxCalls < 1:
		return reject("-max-calls %d: want a number above 0", o.maxCalls)
	case o.given["max-slower"] && o.maxSlower < 0:
		return reject("-max-slower %g: want a percentage of 0 or more", o.maxSlower)
	case o.last <= 0:
		return reject("-last %s: want a duration such as 15m", o.last)
	case o.compare && (o.all || o.html != "" || o.given["max-calls"] || o.service != "" || o.trace != ""):
		return reject("-compare can only be combined with -json, -markdown, -fail-on, -ignore, -max-slower, -jaeger, -tempo, -header, -timeout and -wait")
	case o.given["max-slower"] && !o.compare:
		return reject("-max-slower requires -compare")
	case o.compare && slices.Contains(o.names, ""):
		return reject("-compare wants two traces or files, and one of them is empty, perhaps because a variable is (try: doctor -compare before.json after.json)")
	case o.compare && len(o.names) != 2:
		return reject("-compare wants two traces or files, not %d; is a variable empty? (try: doctor -compare before.json after.json)", len(o.names))
	case o.compare:
	case o.service != "" && len(o.names) > 0:
		return reject("-service %s already says what to read; leave out %q", o.service, o.names[0])
	case o.service == "" && (len(o.names) == 0 || slices.Contains(o.names, "")):
		return reject("no trace id or file given; if it was to come from a variable, as in doctor $trace, the variable is empty, " +
			"perhaps because the request failed (try: doctor trace.json)")
	case o.service == "" && len(o.names) != 1:
		return reject("want one trace id or file, not %d (try: doctor trace.json)", len(o.names))
	}
	return nil
}

// isHTTP reports whether an address has no scheme, or one that the doctor can use.
func isHTTP(address string) bool {
	return !strings.Contains(address, "://") || isAddress.MatchString(address)
}

// reread adds to look how to read the same traces again. A service will have other traces by then, so its trace
// is named by id.
func (o *options) reread(look report.Look) report.Look {
	look.All = o.all
	look.From = o.from()
	look.Pages = o.pages()
	switch {
	case o.trace == "":
		look.Source = o.names
	case o.service != "":
		look.Source = []string{o.trace}
	default:
		look.Source = append([]string{"-trace", o.trace}, o.names...)
	}
	return look
}
