package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"

	"spanwise/lab/bench"
	"spanwise/lab/native"
)

func measure(set *flag.FlagSet) func(context.Context, world) error {
	quick := set.Bool("quick", false, "shorter runs, for CI")
	strict := set.Bool("strict", false, "exit with 1 if a target is missed")
	file := set.String("json", "", "also write the figures to this `file`")
	return func(ctx context.Context, w world) error {
		size := bench.Full
		if *quick {
			size = bench.Quick
		}
		var figures []bench.Figure
		err := inScratch(ctx, w, nil, func(run *native.Run) (err error) {
			figures, err = bench.All(ctx, run, size, func(format string, args ...any) { fmt.Fprintf(w.stderr, format+"\n", args...) })
			return err
		})
		if err != nil {
			return err
		}
		machine := bench.Here()
		fmt.Fprint(w.stdout, bench.Markdown(machine, figures))
		if *file != "" {
			if err := writeJSON(*file, machine, figures); err != nil {
				return err
			}
		}
		if *strict && slices.ContainsFunc(figures, func(f bench.Figure) bool { return !f.Met }) {
			return errors.New("a target was missed")
		}
		return nil
	}
}

func writeJSON(file string, machine bench.Machine, figures []bench.Figure) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // targets begin with <
	encoder.SetIndent("", "  ")
	err := encoder.Encode(struct {
		Machine bench.Machine  `json:"machine"`
		Figures []bench.Figure `json:"figures"`
	}{machine, figures})
	if err != nil {
		return err
	}
	return os.WriteFile(file, text.Bytes(), 0o644)
}
