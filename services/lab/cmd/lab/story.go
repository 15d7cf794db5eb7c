package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"spanwise/doctor"
	"spanwise/internal/rest"
	"spanwise/lab/bench"
	"spanwise/lab/jaeger"
	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
	"spanwise/lab/story"
)

func runStory(set *flag.FlagSet) func(context.Context, env) error {
	scratch := set.Bool("scratch", false, "start a separate system with a catalogue of the size that the story needs")
	database := set.String("database", "", "with -scratch: keep the catalogue in the PostgreSQL at this `URL` instead of in SQLite")
	cache := set.String("cache", "", "with -scratch: cache in the Valkey or Redis at this `URL` instead of in memory")
	dir := set.String("traces", "", "with -scratch: write the traces to this `FOLDER` (default: a new one in the temporary folder)")
	runs := set.Int("n", 5, "play each step `N` times, and show the run of median duration")
	strict := set.Bool("strict", false, "exit with 1 if a step is slower than promised")
	cost := set.Bool("cost", false, "with sampling: also measure the processor time, which takes four minutes more")
	page := set.String("page", "", "with sampling: also write the table into this `FILE`, between its two comments")
	return func(ctx context.Context, e env) error {
		if set.NArg() == 0 {
			return misuse("which story? (lab story million-rows, or lab story sampling)")
		}
		if set.Arg(0) == story.Sampling {
			return sampleStory(ctx, e, set, *scratch, *cost, *page)
		}
		s, err := story.Find(set.Arg(0))
		switch {
		case err != nil:
			return err
		case *runs < 1:
			return misuse(fmt.Sprintf("-n %d: want 1 or more", *runs))
		case *page != "" || *cost:
			return misuse("-page and -cost are for lab story sampling")
		case !*scratch && *database+*cache+*dir != "":
			return misuse("-database, -cache and -traces need -scratch")
		}
		r := storyRun{story: s, runs: *runs, strict: *strict, out: e.stdout}
		if !*scratch {
			return r.attached(ctx, e)
		}
		stored, cached := "SQLite", "a cache in pricing's memory"
		if *database != "" {
			stored = "PostgreSQL"
		}
		if *cache != "" {
			cached = "a separate cache (Valkey or Redis)"
		}
		fmt.Fprintf(e.stdout, "With %s and %s, measured on %s.\n", stored, cached, bench.Here())
		return r.inScratch(ctx, e, []string{"PRICING_DATABASE_URL=" + *database, "CACHE_URL=" + *cache}, *dir)
	}
}

// A storyRun is one run of a story.
type storyRun struct {
	story  story.Story
	runs   int
	strict bool // a step that is too slow is an error
	out    io.Writer
}

// attached runs the story on the system that lab up has started.
func (s storyRun) attached(ctx context.Context, e env) error {
	shop := play.At(e.getenv)
	if err := shop.Ready(ctx); err != nil {
		return err
	}
	if err := s.story.Check(ctx, shop); err != nil {
		return err
	}
	traces, err := attached(e)
	if err != nil {
		return err
	}
	at := traceAt(ctx, jaegerURL(e))
	return s.print(ctx, shop, traces, func(r story.Result) (string, error) { return at + r.Report.TraceID, nil })
}

// inScratch runs the story on a scratch system with those settings, and writes the traces to a folder: dir or, if it is "", a
// temporary one.
func (s storyRun) inScratch(ctx context.Context, e env, settings []string, dir string) (err error) {
	if dir == "" {
		dir, err = os.MkdirTemp("", "spanwise-"+s.story.ID+"-")
	} else {
		err = os.MkdirAll(dir, 0o755)
	}
	if err != nil {
		return err
	}
	return inScratch(ctx, e, settings, func(run *native.Run) error {
		if err := grow(e, run)(ctx, s.story.Products); err != nil {
			return err
		}
		address := run.URL(native.JaegerPort)
		return s.print(ctx, shopOf(run), blinded(address), func(r story.Result) (string, error) {
			file := filepath.Join(dir, strings.ReplaceAll(r.Step.Title, " ", "-")+".json")
			return ".bin/doctor " + file, saveTrace(ctx, address, r.Report.TraceID, file)
		})
	})
}

// saveTrace writes a trace to a file, as Jaeger's API returns it: in OTLP JSON. Jaeger up to 2.19 reads the first parameter, later
// ones the second.
func saveTrace(ctx context.Context, address, id, file string) error {
	text, err := rest.Fetch(ctx, http.DefaultClient, address+"/api/v3/traces/"+id+"?raw_traces=true&rawTraces=true")
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}

// print plays the story and prints the result of each step as soon as there is one. where says where to find its trace.
func (s storyRun) print(ctx context.Context, shop play.Client, traces *jaeger.Reader, where func(story.Result) (string, error)) error {
	fmt.Fprintf(s.out, "%s\n\n%-34s %9s %10s  %s\n", s.story.Title, "step", "takes", "faster", "diagnosis")
	var missed []error
	err := s.story.Play(ctx, shop, traces, s.runs, func(r story.Result) error {
		at, err := where(r)
		if err != nil {
			return err
		}
		if r.Faster < r.Step.AtLeast {
			missed = append(missed, fmt.Errorf("%s is %.0f times faster than the first step, want at least %.0f",
				r.Step.Title, r.Faster, r.Step.AtLeast))
		}
		_, err = fmt.Fprintf(s.out, "%-34s %9s %10s  %s\n    %s\n",
			r.Step.Title, r.DurationUS, times(r.Faster), diagnosis(r.Report), at)
		return err
	})
	for _, m := range missed {
		fmt.Fprintln(s.out, "missed:", m)
	}
	if err == nil && s.strict {
		return errors.Join(missed...)
	}
	return err
}

// times writes a factor, with a decimal if it is small: 0.7× is slower than before.
func times(factor float64) string {
	if factor < 10 {
		return fmt.Sprintf("%.1f×", factor)
	}
	return fmt.Sprintf("%.0f×", factor)
}

// diagnosis returns the first finding in a few words, and the kinds of the others.
func diagnosis(r doctor.Report) string {
	if len(r.Findings) == 0 {
		return "nothing to fix"
	}
	first := r.Findings[0]
	text := string(first.Kind) + " in " + scenario.Place{Service: first.Service, Callee: first.Callee}.String()
	var also []string
	for _, f := range slices.Concat(r.Findings[1:], r.AlsoSeen) {
		if f.Kind != first.Kind && !slices.Contains(also, string(f.Kind)) {
			also = append(also, string(f.Kind))
		}
	}
	if len(also) > 0 {
		text += "; also " + strings.Join(also, ", ")
	}
	return text
}
