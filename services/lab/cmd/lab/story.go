package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"spanwise/doctor"
	"spanwise/lab/jaeger"
	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/score"
	"spanwise/lab/story"
)

func told(set *flag.FlagSet) func(context.Context, world) error {
	scratch := set.Bool("scratch", false, "start a system of its own, with a catalogue as big as the story needs")
	runs := set.Int("n", 3, "play each step that many `times`, and show the run in the middle")
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
			shop := play.At(w.getenv)
			if err := shop.Ready(ctx); err != nil {
				return err
			}
			fmt.Fprintf(w.stderr, "This story is about a catalogue of %d products; lab seed makes one.\n", s.Products)
			return tell(ctx, w.stdout, s, shop, blinded(jaegerURL(w)), *runs, jaegerURL(w))
		}
		return inScratch(ctx, w, nil, func(run *native.Run) error {
			if err := enough(ctx, w, run, s.Products); err != nil {
				return err
			}
			return tell(ctx, w.stdout, s, shopOf(run), blinded(run.URL(native.JaegerPort)), *runs, "")
		})
	}
}

// tell prints a line for each step as soon as it is over. address is where a person finds the traces; "" if nowhere.
func tell(ctx context.Context, out io.Writer, s story.Story, shop play.Shop, traces *jaeger.Reader, runs int, address string) error {
	fmt.Fprintf(out, "%s\n\n%-34s %9s %10s  %s\n", s.Title, "step", "takes", "faster", "the doctor says")
	var worst int64
	at := ""
	if address != "" {
		at = traceAt(ctx, address)
	}
	return s.Tell(ctx, shop, traces, runs, func(r story.Result) error {
		worst = max(worst, r.DurationUS)
		faster := fmt.Sprintf("%.0f×", float64(worst)/float64(max(r.DurationUS, 1)))
		_, err := fmt.Fprintf(out, "%-34s %9s %10s  %s\n", r.Step.Title, score.Micros(r.DurationUS), faster, verdict(r.Report))
		if at != "" && err == nil {
			_, err = fmt.Fprintf(out, "    %s%s\n", at, r.Report.TraceID)
		}
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
