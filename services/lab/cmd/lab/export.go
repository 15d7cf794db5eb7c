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

func exportTraces(set *flag.FlagSet) func(context.Context, env) error {
	seed := set.Uint64("seed", 1, "shuffle with this `SEED`; the same seed gives the same file names and labels")
	runs := set.Int("n", 1, "write each variant `N` times")
	return func(ctx context.Context, e env) error {
		switch {
		case set.NArg() == 0:
			return misuse("into which folder? (for example lab export traces)")
		case *runs < 1:
			return misuse(fmt.Sprintf("-n %d: want 1 or more", *runs))
		}
		dir := set.Arg(0)
		if err := export.Free(dir); err != nil { // before minutes of playing
			return err
		}
		plan := export.Plan{Scenarios: scenario.All(), Seed: *seed, Runs: *runs, Progress: progress(e)}
		return inScratch(ctx, e, nil, func(run *native.Run) error {
			from := export.Source{Shop: shopOf(run), Jaeger: run.URL(native.JaegerPort), Grow: grow(e, run)}
			truth, err := export.Write(ctx, from, plan, dir)
			plan.Progress("")
			if err != nil {
				return err
			}
			fmt.Fprintf(e.stdout, "Wrote %d files of blinded traces to %s. %s holds the truth about each; %s explains the format.\n",
				len(truth.Files), filepath.Join(dir, export.Traces), export.Manifest, export.ReadMe)
			return nil
		})
	}
}
