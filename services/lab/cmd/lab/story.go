package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"spanwise/doctor"
	"spanwise/lab/bench"
	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/score"
	"spanwise/lab/story"
)

func told(set *flag.FlagSet) func(context.Context, world) error {
	scratch := set.Bool("scratch", false, "start a system of its own, with a catalogue as big as the story needs")
	database := set.String("database", "", "with -scratch, keep the catalogue at this PostgreSQL `url` instead of in SQLite")
	cache := set.String("cache", "", "with -scratch, cache in the Valkey or Redis at this `url` instead of in memory")
	dir := set.String("traces", "", "with -scratch, keep the traces in this `folder` (one of its own in the temporary folder)")
	runs := set.Int("n", 5, "play each step that many `times`, and show the run in the middle")
	strict := set.Bool("strict", false, "exit with 1 if a step is not as fast as it has to be")
	return func(ctx context.Context, w world) error {
		if set.NArg() == 0 {
			return misuse("which story? (lab story million-rows)")
		}
		s, err := story.Find(set.Arg(0))
		switch {
		case err != nil:
			return err
		case *runs < 1:
			return misuse(fmt.Sprintf("-n %d: play each step at least once", *runs))
		case !*scratch && *database+*cache+*dir != "":
			return misuse("-database, -cache and -traces are for a system of its own: say -scratch too")
		}
		t := telling{story: s, runs: *runs, strict: *strict, out: w.stdout}
		if !*scratch {
			return t.here(ctx, w)
		}
		fmt.Fprintf(w.stdout, "With %s and %s, measured on %s.\n", either(*database, "PostgreSQL", "SQLite"),
			either(*cache, "a cache of its own (Valkey or Redis)", "a cache in pricing's memory"), bench.Here())
		return t.apart(ctx, w, []string{"PRICING_DATABASE_URL=" + *database, "CACHE_URL=" + *cache}, *dir)
	}
}

// either returns the one word if there is a url, and the other if not.
func either(url, one, other string) string {
	if url == "" {
		return other
	}
	return one
}

// A telling tells a story once.
type telling struct {
	story  story.Story
	runs   int
	strict bool // a step that is too slow is an error
	out    io.Writer
}

// here tells it on the system that lab up has started.
func (t telling) here(ctx context.Context, w world) error {
	shop := play.At(w.getenv)
	if err := shop.Ready(ctx); err != nil {
		return err
	}
	if err := t.story.Check(ctx, shop); err != nil {
		return err
	}
	at := traceAt(ctx, jaegerURL(w))
	return t.tell(ctx, shop, jaegerURL(w), func(r story.Result) (string, error) { return at + r.Report.TraceID, nil })
}

// apart tells it on a system of its own with those settings, and keeps the traces in a folder.
func (t telling) apart(ctx context.Context, w world, settings []string, dir string) (err error) {
	if dir == "" {
		if dir, err = os.MkdirTemp("", "spanwise-"+t.story.ID+"-"); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return inScratch(ctx, w, settings, func(run *native.Run) error {
		if err := enough(ctx, w, run, t.story.Products); err != nil {
			return err
		}
		jaeger := run.URL(native.JaegerPort)
		return t.tell(ctx, shopOf(run), jaeger, func(r story.Result) (string, error) {
			file, err := keep(ctx, jaeger, r, dir)
			return ".bin/doctor " + file, err
		})
	})
}

// tell prints each step as soon as it is over, and where a person finds its trace.
func (t telling) tell(ctx context.Context, shop play.Client, jaeger string, where func(story.Result) (string, error)) error {
	fmt.Fprintf(t.out, "%s\n\n%-34s %9s %10s  %s\n", t.story.Title, "step", "takes", "faster", "the doctor says")
	var missed []error
	err := t.story.Tell(ctx, shop, blinded(jaeger), t.runs, func(r story.Result) error {
		at, err := where(r)
		if err != nil {
			return err
		}
		if r.Faster < r.Step.AtLeast {
			missed = append(missed, fmt.Errorf("%s is %.0f times faster than the worst step, it has to be %.0f", r.Step.Title, r.Faster, r.Step.AtLeast))
		}
		_, err = fmt.Fprintf(t.out, "%-34s %9s %9.0f×  %s\n    %s\n", r.Step.Title, score.Micros(r.DurationUS), r.Faster, verdict(r.Report), at)
		return err
	})
	for _, m := range missed {
		fmt.Fprintln(t.out, "missed:", m)
	}
	if err == nil && t.strict {
		return errors.Join(missed...)
	}
	return err
}

// verdict is the first finding in a few words, and the kinds of the others.
func verdict(r doctor.Report) string {
	if len(r.Findings) == 0 {
		return "nothing to fix"
	}
	f := r.Findings[0]
	text := string(f.Kind) + " in " + f.Service
	if f.Callee != "" {
		text += " → " + f.Callee
	}
	var also []string
	for _, f := range slices.Concat(r.Findings[1:], r.AlsoSeen) {
		if f.Kind != r.Findings[0].Kind && !slices.Contains(also, string(f.Kind)) {
			also = append(also, string(f.Kind))
		}
	}
	if len(also) > 0 {
		text += "; also " + strings.Join(also, ", ")
	}
	return text
}
