package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/read"
	"spanwise/doctor/report"
)

// options are the command line.
type options struct {
	jaeger, service, html, trace   string
	last, timeout, wait            time.Duration
	json, markdown, compare, gated bool
	all, version                   bool
	counted, measured              bool                 // -max-calls, -max-slower were given
	failOn                         map[doctor.Kind]bool // nil: every kind
	maxCalls                       int
	maxSlower                      float64  // percent
	names                          []string // traces and files
}

// localJaeger is where Jaeger listens unless told otherwise.
const localJaeger = "http://localhost:16686"

// parse reads flags, which may stand before and after what they are about.
func parse(args []string, out io.Writer) (*options, error) {
	o := &options{}
	f := flag.NewFlagSet("doctor", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.jaeger, "jaeger", localJaeger, "`URL` of Jaeger's query API")
	f.DurationVar(&o.timeout, "timeout", 30*time.Second, "how long Jaeger may take for one answer")
	f.DurationVar(&o.wait, "wait", 2*time.Second, "how long to wait for a trace that is so new that Jaeger has not all of it yet")
	f.StringVar(&o.service, "service", "", "examine the traces of this `service`")
	f.DurationVar(&o.last, "last", 15*time.Minute, "with -service: how far back to look")
	f.StringVar(&o.trace, "trace", "", "of several traces, report the one with this `ID`, or whose id alone begins so; the others serve as evidence")
	f.BoolVar(&o.compare, "compare", false, "compare two traces, or two files of traces")
	f.BoolVar(&o.json, "json", false, "print JSON: one object for one trace, one a line for several")
	f.BoolVar(&o.markdown, "markdown", false, "print Markdown, for the summary of a CI run")
	f.BoolVar(&o.all, "all", false, "list what is folded otherwise: smaller findings, what was only seen, causes and notes")
	f.StringVar(&o.html, "html", "", "also write one self-contained page to `FILE`")
	failOn := f.String("fail-on", "", "exit with 3 only for findings of these `kinds`, such as n-plus-one,retry-storm, or of none.\nWith -compare: only for those that B has and A has not")
	f.IntVar(&o.maxCalls, "max-calls", 0, "exit with 3 if one operation calls another more than `N` times in one trace")
	f.Float64Var(&o.maxSlower, "max-slower", 0, "with -compare: exit with 3 if B takes more than `N` percent longer than A")
	f.BoolVar(&o.version, "version", false, "print which build this is")
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
	if o.version {
		return o, nil
	}
	given := map[string]bool{}
	f.Visit(func(f *flag.Flag) { given[f.Name] = true })
	o.counted, o.measured = given["max-calls"], given["max-slower"]
	o.gated = o.counted || given["fail-on"]
	if given["fail-on"] {
		if err := o.kinds(*failOn); err != nil {
			return nil, err
		}
	}
	return o, o.check()
}

// kinds reads the value of -fail-on.
func (o *options) kinds(list string) error {
	o.failOn = map[doctor.Kind]bool{}
	for word := range strings.SplitSeq(list, ",") {
		word = strings.TrimSpace(word)
		k, known := lookup(word)
		switch {
		case word == "":
			return usage(fmt.Sprintf("-fail-on %q: want a kind between commas, or none; there are %s", list, kindNames()))
		case !known && word != "none":
			return usage(fmt.Sprintf("-fail-on %s: no such kind; there are %s", word, kindNames()))
		}
		o.failOn[k.Kind] = true // none is no finding's kind
	}
	return nil
}

// check refuses what does not go together.
func (o *options) check() error {
	switch {
	case o.json && o.markdown:
		return usage("-json and -markdown: choose one")
	case o.counted && o.maxCalls < 1:
		return usage(fmt.Sprintf("-max-calls %d: want a number above 0", o.maxCalls))
	case o.measured && o.maxSlower < 0:
		return usage(fmt.Sprintf("-max-slower %g: want a percentage of 0 or more", o.maxSlower))
	case o.last <= 0:
		return usage(fmt.Sprintf("-last %s: want a duration such as 15m", o.last))
	case o.timeout <= 0:
		return usage(fmt.Sprintf("-timeout %s: want a duration such as 30s", o.timeout))
	case o.wait < 0:
		return usage(fmt.Sprintf("-wait %s: want a duration such as 2s, or 0", o.wait))
	case !web(o.jaeger):
		return usage("-jaeger: want an address that begins with http:// or https://, such as " + localJaeger)
	case o.compare && (o.all || o.html != "" || o.counted || o.service != "" || o.trace != ""):
		return usage("-compare goes with -json, -markdown, -fail-on, -max-slower and what is about Jaeger only")
	case o.measured && !o.compare:
		return usage("-max-slower goes with -compare only")
	case o.compare && len(o.names) != 2:
		return usage(fmt.Sprintf("-compare wants two traces or files, not %d (try: doctor -compare before.json after.json)", len(o.names)))
	case o.compare:
	case o.service != "" && len(o.names) > 0:
		return usage(fmt.Sprintf("-service %s already says what to read; leave out %q", o.service, o.names[0]))
	case o.service == "" && len(o.names) != 1:
		return usage(fmt.Sprintf("want one trace id or file, not %d (try: doctor trace.json)", len(o.names)))
	}
	return nil
}

// web reports an address of the web, which may leave its scheme out.
func web(address string) bool {
	scheme, _, found := strings.Cut(strings.ToLower(address), "://")
	return !found || scheme == "http" || scheme == "https"
}

// again tells a report how to get at the same traces once more. Those of a service are others by then, so each
// has to be named by its id.
func (o *options) again(look report.Look) report.Look {
	look.All = o.all
	if o.jaeger != localJaeger {
		look.Jaeger = read.Jaeger(o.jaeger, nil).String()
	}
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
