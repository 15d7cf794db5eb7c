package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"spanwise/lab/bench"
	"spanwise/lab/native"
	"spanwise/lab/story"
)

// sampleStory plays the same thousand requests in a system for each way to sample, and prints what is left of them. page is
// the file into which it writes that too, if it is not "". With cost, it also measures the processor time.
func sampleStory(ctx context.Context, e env, set *flag.FlagSet, scratch, cost bool, page string) (err error) {
	set.Visit(func(f *flag.Flag) {
		if !slices.Contains([]string{"scratch", "cost", "page"}, f.Name) {
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
	results, err := sampleAll(ctx, e, cost)
	if err != nil {
		return err
	}
	table := story.Table(results)
	fmt.Fprint(e.stdout, table)
	var errs []error
	for _, r := range results {
		errs = append(errs, r.Check(results[0]))
	}
	if err := errors.Join(errs...); err != nil || page == "" {
		return err
	}
	return fillPage(page, "story", []byte("```\n"+table+"```\nMeasured on "+bench.Here().String()+".\n"))
}

// The load of which the processor time is measured, by turns.
const (
	costRounds = 5
	costTurn   = 4 * time.Second
)

// sampleAll samples in all ways at once, each in a system of its own.
func sampleAll(ctx context.Context, e env, cost bool) ([]story.Sampled, error) {
	var settings [][]string
	var names []string
	for _, way := range story.Ways {
		settings, names = append(settings, way.Settings()), append(names, way.String())
	}
	start := func(ctx context.Context, settings []string, do func(*native.Run) error) error {
		return inScratch(ctx, e, settings, do)
	}
	say := func(format string, args ...any) { fmt.Fprintf(e.stderr, format+"\n", args...) }
	results := make([]story.Sampled, len(story.Ways))
	err := bench.Together(ctx, start, settings, func(runs []*native.Run) error {
		say("playing 1,000 requests in each of %d systems", len(runs))
		group, within := errgroup.WithContext(ctx)
		for i, run := range runs {
			group.Go(func() (err error) {
				system := story.System{Way: story.Ways[i], Run: run, Shop: shopOf(run), Traces: blinded(run.URL(native.JaegerPort))}
				results[i], err = system.Sample(within)
				return err
			})
		}
		if err := group.Wait(); err != nil || !cost {
			return err
		}
		say("measuring their processor time by turns")
		costs, err := bench.Costs(ctx, runs, names, costRounds, costTurn, say)
		for i := range costs {
			results[i].Cost = &costs[i]
		}
		return err
	})
	return results, err
}
