package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"

	"spanwise/doctor/report"
	"spanwise/lab/guide"
	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
	"spanwise/lab/score"
)

func runScenario(set *flag.FlagSet) func(context.Context, env) error {
	list := set.Bool("list", false, "list the scenarios")
	scratch := set.Bool("scratch", false, "start a separate system instead of using the one that lab up started")
	runs := set.Int("n", 10, "play the scenario `N` times, and show the run of median duration")
	return func(ctx context.Context, e env) error {
		switch {
		case *list:
			return listScenarios(e.stdout)
		case set.NArg() == 0:
			return misuse("which scenario? (lab run -list shows them all)")
		case *runs < 1:
			return misuse(fmt.Sprintf("-n %d: want 1 or more", *runs))
		}
		one, err := scenario.Find(set.Arg(0))
		if err != nil {
			return err
		}
		plan := score.Plan{Scenarios: []scenario.Scenario{one}, Runs: *runs, Progress: progress(e)}
		if *scratch {
			return inScratch(ctx, e, nil, func(run *native.Run) error {
				plan.Shop, plan.Jaeger, plan.Grow = shopOf(run), blinded(run.URL(native.JaegerPort)), grow(e, run)
				return show(ctx, e, plan, "")
			})
		}
		if plan.Jaeger, err = attached(e); err != nil {
			return err
		}
		plan.Shop = play.At(e.getenv)
		plan.Grow = func(ctx context.Context, products int) error { return hasProducts(ctx, plan.Shop, products) }
		if err := plan.Shop.Ready(ctx); err != nil {
			return err
		}
		if err := plan.Jaeger.Ready(ctx); err != nil {
			return err
		}
		return show(ctx, e, plan, jaegerURL(e))
	}
}

// hasProducts returns an error that says what to do if the catalogue has fewer products: the scenario would show nothing.
func hasProducts(ctx context.Context, shop play.Client, products int) error {
	last := scenario.Request{Service: "pricing", Method: http.MethodGet, Path: fmt.Sprintf("/prices/sku-%d", products)}
	if _, err := shop.Play(ctx, scenario.Scenario{ID: "the last product"}, last); err != nil {
		return fmt.Errorf("this scenario shows only on a catalogue of %d products (try: .bin/lab seed -products %d, or -scratch): %w", products, products, err)
	}
	return nil
}

func listScenarios(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, s := range scenario.All() {
		fmt.Fprintf(table, "%s\t%s\n", s.ID, s.Title)
	}
	return table.Flush()
}

// show plays the plan's scenario and prints everything about it. jaeger is where its traces can be found afterwards; "" if
// their system is stopped by then.
func show(ctx context.Context, e env, plan score.Plan, jaeger string) error {
	samples, err := score.Try(ctx, plan)
	plan.Progress("")
	if err != nil {
		return err
	}
	s, look := plan.Scenarios[0], report.TerminalLook(e.stdout, e.getenv)
	for _, text := range []string{s.Title, s.Story, "What to look for: " + s.Hint} {
		fmt.Fprintf(e.stdout, "%s\n\n", report.Wrap(text, min(look.Width, 100)))
	}
	var waterfalls []string
	for _, t := range samples.Trials {
		text, err := waterfall(t, s.Concurrency, look)
		if err != nil {
			return err
		}
		waterfalls = append(waterfalls, text)
	}
	fmt.Fprint(e.stdout, arrange(waterfalls, look.Width))
	slow := samples.Trials[0]
	fmt.Fprintf(e.stdout, "The doctor's diagnosis of the %s request. It saw neither the request's query nor its baggage.\n\n", slow.Variant.Name)
	if err := report.Findings(e.stdout, slow.Case, look); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "%s\n\n", report.Wrap(guide.Outcome(samples.Row), min(look.Width, 100)))
	if jaeger != "" {
		at := traceAt(ctx, jaeger)
		for _, t := range samples.Trials {
			fmt.Fprintf(e.stdout, "%-8s %s%s\n", t.Variant.Name, at, t.Case.Trace.ID)
		}
	}
	return nil
}

// waterfall draws a variant's trace below the request that made it.
func waterfall(t score.Trial, crowd int, look report.Look) (string, error) {
	var b strings.Builder
	if width := columnWidth(look.Width); width > 0 {
		look.Width = width
	}
	fmt.Fprintf(&b, "%s: %s\n", t.Variant.Name, t.Variant.Request)
	if crowd > 1 {
		fmt.Fprintf(&b, "(%d at once; this is the slowest of them)\n", crowd)
	}
	err := report.Waterfall(&b, t.Case, look)
	return b.String(), err
}
