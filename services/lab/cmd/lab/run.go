package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"spanwise/doctor/report"
	"spanwise/lab/guide"
	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
	"spanwise/lab/score"
)

func played(set *flag.FlagSet) func(context.Context, world) error {
	list := set.Bool("list", false, "list the scenarios")
	scratch := set.Bool("scratch", false, "start a system of its own instead of using the one that lab up started")
	runs := set.Int("n", 10, "play the scenario that many `times`, and show the run in the middle")
	return func(ctx context.Context, w world) error {
		switch {
		case *list:
			return listScenarios(w.stdout)
		case set.NArg() == 0:
			return misuse("which scenario? (lab run -list shows them all)")
		case *runs < 1:
			return misuse(fmt.Sprintf("-n %d: play it at least once", *runs))
		}
		one, err := scenario.Find(set.Arg(0))
		if err != nil {
			return err
		}
		plan := score.Plan{Scenarios: []scenario.Scenario{one}, Runs: *runs, Progress: progress(w)}
		if !*scratch {
			plan.Shop, plan.Jaeger = play.At(w.getenv), blinded(jaegerURL(w))
			if err := plan.Shop.Ready(ctx); err != nil {
				return err
			}
			plan.Grow = func(_ context.Context, products int) error {
				fmt.Fprintf(w.stderr, "This shows on a big catalogue only; .bin/lab seed -products %d makes one.\n", products)
				return nil
			}
			return show(ctx, w, plan, jaegerURL(w))
		}
		return inScratch(ctx, w, nil, func(run *native.Run) error {
			plan.Grow = func(ctx context.Context, products int) error { return enough(ctx, w, run, products) }
			plan.Shop, plan.Jaeger = shopOf(run), blinded(run.URL(native.JaegerPort))
			return show(ctx, w, plan, "")
		})
	}
}

// usualJaeger is where make up and docker compose put Jaeger, and where the doctor looks for it.
const usualJaeger = "http://localhost:16686"

func jaegerURL(w world) string { return cmp.Or(w.getenv("JAEGER_URL"), usualJaeger) }

func listScenarios(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, s := range scenario.All() {
		fmt.Fprintf(table, "%s\t%s\n", s.ID, s.Title)
	}
	return table.Flush()
}

// show plays the plan's scenario and prints everything about it. jaeger is where a person finds its traces; ""
// if nowhere, because the system that made them is stopped.
func show(ctx context.Context, w world, plan score.Plan, jaeger string) error {
	samples, err := score.Try(ctx, plan)
	endProgress(w)
	if err != nil {
		return err
	}
	s, look := plan.Scenarios[0], lookOf(w)
	for _, text := range []string{s.Title, s.Story, "What to look for: " + s.Hint} {
		fmt.Fprintf(w.stdout, "%s\n\n", wrap(text, min(look.Width, 100)))
	}
	var falls []string
	for _, t := range samples.Trials {
		fall, err := pictured(t, s.Concurrency, look)
		if err != nil {
			return err
		}
		falls = append(falls, fall)
	}
	fmt.Fprint(w.stdout, arrange(falls, look.Width))
	fmt.Fprintf(w.stdout, "What the doctor says of the %s one, having seen neither its address nor its baggage:\n\n", samples.Trials[0].Variant.Name)
	if err := report.Findings(w.stdout, samples.Trials[0].Case, look); err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "%s\n\n", wrap(guide.Outcome(samples.Row), min(look.Width, 100)))
	if jaeger != "" {
		at := traceAt(ctx, jaeger)
		for _, t := range samples.Trials {
			fmt.Fprintf(w.stdout, "%-8s %s%s\n", t.Variant.Name, at, t.Case.Trace.ID)
		}
	}
	return nil
}

// pictured is a variant's waterfall under the request that made it.
func pictured(t score.Trial, crowd int, look report.Look) (string, error) {
	var b strings.Builder
	if side := beside(look.Width); side > 0 {
		look.Width = side
	}
	fmt.Fprintf(&b, "%s: %s\n", t.Variant.Name, t.Variant.Request)
	if crowd > 1 {
		fmt.Fprintf(&b, "(%d at once; this is the slowest of them)\n", crowd)
	}
	err := report.Waterfall(&b, t.Case, look)
	return b.String(), err
}

// lookOf finds out how wide stdout is and whether it shows colours. COLUMNS wins over the window.
func lookOf(w world) report.Look {
	look := report.Look{Width: 100, Color: colour(w, w.stdout)}
	if f, ok := w.stdout.(*os.File); ok && terminal(w.stdout) {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			look.Width = width
		}
	}
	if asked, err := strconv.Atoi(w.getenv("COLUMNS")); err == nil && asked > 0 {
		look.Width = asked
	}
	return look
}
