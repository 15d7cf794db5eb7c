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
	"spanwise/lab/jaeger"
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
	return func(ctx context.Context, w world) error {
		if set.NArg() == 0 {
			return errors.New("which story? (lab story million-rows)")
		}
		s, err := story.Find(set.Arg(0))
		if err != nil {
			return err
		}
		if *runs < 1 {
			return fmt.Errorf("-n %d: play each step at least once", *runs)
		}
		if !*scratch {
			if *database+*cache+*dir != "" {
				return errors.New("-database, -cache and -traces are for a system of its own: say -scratch too")
			}
			return tellHere(ctx, w, s, *runs)
		}
		if *dir == "" {
			if *dir, err = os.MkdirTemp("", "spanwise-"+s.ID+"-"); err != nil {
				return err
			}
		}
		if err := os.MkdirAll(*dir, 0o755); err != nil {
			return err
		}
		settings := []string{"PRICING_DATABASE_URL=" + *database, "CACHE_URL=" + *cache}
		return inScratch(ctx, w, settings, func(run *native.Run) error {
			if err := enough(ctx, w, run, s.Products); err != nil {
				return err
			}
			fmt.Fprintf(w.stdout, "With %s and %s, measured on %s.\n", either(*database, "PostgreSQL", "SQLite"),
				either(*cache, "a cache of its own (Valkey or Redis)", "a cache in pricing's memory"), bench.Here())
			base := run.URL(native.JaegerPort)
			return tell(ctx, w.stdout, s, shopOf(run), blinded(base), *runs, func(r story.Result) (string, error) {
				file, err := keep(ctx, base, r, *dir)
				return ".bin/doctor " + file, err
			})
		})
	}
}

// either returns the one word if there is a url, and the other if not.
func either(url, one, other string) string {
	if url == "" {
		return other
	}
	return one
}

// tellHere tells a story on the system that lab up has started.
func tellHere(ctx context.Context, w world, s story.Story, runs int) error {
	shop := play.At(w.getenv)
	if err := shop.Ready(ctx); err != nil {
		return err
	}
	if err := s.Check(ctx, shop); err != nil {
		return err
	}
	at := traceAt(ctx, jaegerURL(w))
	return tell(ctx, w.stdout, s, shop, blinded(jaegerURL(w)), runs, func(r story.Result) (string, error) {
		return at + r.Report.TraceID, nil
	})
}

// tell prints each step as soon as it is over, and where a person finds its trace.
func tell(ctx context.Context, out io.Writer, s story.Story, shop play.Shop, traces *jaeger.Reader, runs int, where func(story.Result) (string, error)) error {
	fmt.Fprintf(out, "%s\n\n%-34s %9s %10s  %s\n", s.Title, "step", "takes", "faster", "the doctor says")
	var worst int64
	return s.Tell(ctx, shop, traces, runs, func(r story.Result) error {
		worst = max(worst, r.DurationUS)
		faster := fmt.Sprintf("%.0f×", float64(worst)/float64(max(r.DurationUS, 1)))
		at, err := where(r)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%-34s %9s %10s  %s\n    %s\n", r.Step.Title, score.Micros(r.DurationUS), faster, verdict(r.Report), at)
		return err
	})
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
