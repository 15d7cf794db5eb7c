package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"spanwise/lab/drill"
	"spanwise/lab/native"
)

func drillAll(set *flag.FlagSet) func(context.Context, env) error {
	tail := set.Bool("tail", false, "instead, kill a Collector with SAMPLING=tail and count what that loses, which it does by design")
	return func(ctx context.Context, e env) error {
		if *tail {
			return inScratch(ctx, e, []string{"SAMPLING=tail"}, func(run *native.Run) error {
				outcome, err := drill.TailKilled.Run(ctx, run)
				fmt.Fprintf(e.stdout, "%s: %v\n", drill.TailKilled.Name, outcome.Traces)
				return err
			})
		}
		var errs []error
		for _, d := range drill.All {
			fmt.Fprintf(e.stdout, "%-22s under load …\n", d.Name)
			err := inScratch(ctx, e, []string{"JAEGER_STORAGE=badger"}, func(run *native.Run) error {
				outcome, err := d.Run(ctx, run)
				if err != nil {
					return err
				}
				fmt.Fprintf(e.stdout, "%-22s %v; %d requests refused\n", d.Name, outcome.Traces, outcome.Refused)
				return outcome.Err()
			})
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", d.Name, err))
			}
			if ctx.Err() != nil {
				break
			}
		}
		return errors.Join(errs...)
	}
}
