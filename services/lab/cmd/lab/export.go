package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"

	"spanwise/lab/export"
	"spanwise/lab/native"
	"spanwise/lab/scenario"
)

func exported(set *flag.FlagSet) func(context.Context, world) error {
	seed := set.Uint64("seed", 1, "shuffle by this `number`: the same one gives the same files and labels")
	runs := set.Int("n", 1, "write each variant that many `times`")
	return func(ctx context.Context, w world) error {
		switch {
		case set.NArg() == 0:
			return misuse("into which folder? (for example lab export traces)")
		case *runs < 1:
			return misuse(fmt.Sprintf("-n %d: write each variant at least once", *runs))
		}
		dir := set.Arg(0)
		if err := export.Free(dir); err != nil { // before minutes of playing
			return err
		}
		plan := export.Plan{Scenarios: scenario.All(), Seed: *seed, Runs: *runs, Progress: progress(w)}
		return inScratch(ctx, w, nil, func(run *native.Run) error {
			from := export.Source{Shop: shopOf(run), Jaeger: run.URL(native.JaegerPort),
				Grow: func(ctx context.Context, products int) error { return enough(ctx, w, run, products) }}
			truth, err := export.Write(ctx, from, plan, dir)
			endProgress(w)
			if err != nil {
				return err
			}
			fmt.Fprintf(w.stdout, "%d files of traces are in %s, blinded; %s says what is true of each, and %s the rest.\n",
				len(truth.Files), filepath.Join(dir, export.Traces), export.Manifest, export.ReadMe)
			return nil
		})
	}
}
