package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"

	"spanwise/lab/bench"
	"spanwise/lab/export"
	"spanwise/lab/native"
)

func benchmark(set *flag.FlagSet) func(context.Context, env) error {
	quick := set.Bool("quick", false, "shorter runs, for CI")
	strict := set.Bool("strict", false, "exit with 1 if a target is missed")
	file := set.String("json", "", "also write the figures to this `FILE`, as JSON")
	return func(ctx context.Context, e env) error {
		size := bench.Full
		if *quick {
			size = bench.Quick
		}
		var figures []bench.Figure
		err := inScratch(ctx, e, nil, func(run *native.Run) (err error) {
			figures, err = bench.All(ctx, run, size, func(format string, args ...any) { fmt.Fprintf(e.stderr, format+"\n", args...) })
			return err
		})
		if err != nil {
			return err
		}
		machine := bench.Here()
		fmt.Fprint(e.stdout, bench.Markdown(machine, figures))
		err = writeJSON(*file, struct {
			Machine bench.Machine  `json:"machine"`
			Figures []bench.Figure `json:"figures"`
		}{machine, figures})
		if err == nil && *strict && slices.ContainsFunc(figures, func(f bench.Figure) bool { return !f.Met }) {
			err = errors.New("a target was missed")
		}
		return err
	}
}

// writeJSON writes v to a file, unless its name is empty.
func writeJSON(file string, v any) error {
	if file == "" {
		return nil
	}
	return export.WriteJSON(file, v, "  ")
}
