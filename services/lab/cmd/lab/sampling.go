package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
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
	if page != "" {
		errs = append(errs, writeStory(page, table))
	}
	return errors.Join(errs...)
}

var storyPlace = regexp.MustCompile(`(?s)(<!-- story: [^>]*-->\n).*(<!-- end of story -->)`)

// writeStory replaces what a page has between the comments <!-- story: … --> and <!-- end of story -->.
func writeStory(page, text string) error {
	old, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	if !storyPlace.Match(old) {
		return fmt.Errorf("%s has no place for the story: a line <!-- story: … --> and a line <!-- end of story -->", page)
	}
	block := "```\n" + text + "```\nMeasured on " + bench.Here().String() + ".\n"
	place := storyPlace.FindSubmatchIndex(old)
	updated := string(old[:place[3]]) + block + string(old[place[4]:])
	return os.WriteFile(page, []byte(updated), 0o644)
}
