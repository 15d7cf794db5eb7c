package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"

	"spanwise/internal/sampling"
	"spanwise/lab/bench"
	"spanwise/lab/native"
	"spanwise/lab/story"
)

// sampleStory plays the same thousand requests in a system for each way to sample, and prints what is left of them. page is
// the file into which it writes that too, if it is not "".
func sampleStory(ctx context.Context, e env, set *flag.FlagSet, scratch bool, page string) (err error) {
	set.Visit(func(f *flag.Flag) {
		if !slices.Contains([]string{"scratch", "page"}, f.Name) {
			err = misuse("the story sampling takes no -" + f.Name)
		}
	})
	if err == nil && !scratch {
		err = misuse("the story sampling starts systems of its own: add -scratch")
	}
	if err == nil && page != "" {
		err = fillPage(page, "story", nil) // that it can, before minutes of playing
	}
	if err != nil {
		return err
	}
	var results []story.Sampled
	for _, mode := range story.Modes {
		fmt.Fprintf(e.stderr, "playing 1,000 requests with SAMPLING=%s\n", mode)
		settings := []string{sampling.Name + "=" + mode.String(), "OTELCOL_METRICS_LEVEL=detailed"}
		err := inScratch(ctx, e, settings, func(run *native.Run) error {
			r, err := story.System{Run: run, Shop: shopOf(run), Traces: blinded(run.URL(native.JaegerPort))}.Sample(ctx)
			results = append(results, r)
			return err
		})
		if err != nil {
			return err
		}
	}
	table := story.Table(results)
	fmt.Fprint(e.stdout, table)
	var errs []error
	for _, r := range results {
		errs = append(errs, r.Check())
	}
	if err := errors.Join(errs...); err != nil || page == "" {
		return err
	}
	return fillPage(page, "story", []byte("```\n"+table+"```\nMeasured on "+bench.Here().String()+".\n"))
}
