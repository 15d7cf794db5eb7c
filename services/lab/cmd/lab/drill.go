package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"spanwise/lab/drill"
	"spanwise/lab/native"
)

func drillAll(*flag.FlagSet) func(context.Context, env) error {
	return func(ctx context.Context, e env) error {
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
