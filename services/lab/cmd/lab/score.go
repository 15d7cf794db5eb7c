package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"

	"spanwise/lab/export"
	"spanwise/lab/native"
	"spanwise/lab/scenario"
	"spanwise/lab/score"
)

func scoreAll(set *flag.FlagSet) func(context.Context, env) error {
	runs := set.Int("n", 10, "play each scenario `N` times")
	only := set.String("only", "", "play only the scenario with this `ID`, and healthy traffic")
	file := set.String("json", "", "also write the score to this `FILE`, as JSON")
	table := set.String("markdown", "", "also write the table to this `FILE`, as Markdown")
	return func(ctx context.Context, e env) error {
		if *runs < 1 {
			return misuse(fmt.Sprintf("-n %d: want 1 or more", *runs))
		}
		scenarios, err := withHealthy(*only)
		if err != nil {
			return err
		}
		if err := writable(*file, *table); err != nil {
			return err
		}
		var result score.Result
		err = inScratch(ctx, e, nil, func(run *native.Run) error {
			plan := score.Plan{Shop: shopOf(run), Jaeger: blinded(run.URL(native.JaegerPort)), Scenarios: scenarios, Runs: *runs, Grow: grow(e, run),
				Progress: func(format string, args ...any) { fmt.Fprintf(e.stderr, format+"\n", args...) }}
			result, err = score.Run(ctx, plan)
			return err
		})
		if err != nil {
			return err
		}
		if err := publish(e, result, *file, *table); err != nil {
			return err
		}
		if missed := len(result.Missed()); missed > 0 {
			return fmt.Errorf("%d targets of the score were missed (see above)", missed)
		}
		return nil
	}
}

// withHealthy returns the scenario with that id and the healthy ones, or all scenarios if id is empty.
func withHealthy(id string) ([]scenario.Scenario, error) {
	if id == "" {
		return scenario.All(), nil
	}
	one, err := scenario.Find(id)
	if err != nil {
		return nil, err
	}
	list := []scenario.Scenario{one}
	for _, s := range scenario.All() {
		if s.Healthy() && s.ID != id {
			list = append(list, s)
		}
	}
	return list, nil
}

func publish(e env, r score.Result, file, table string) error {
	if err := score.Text(e.stdout, r); err != nil {
		return err
	}
	if err := writeJSON(file, r); err != nil || table == "" {
		return err
	}
	var text bytes.Buffer
	if err := score.Markdown(&text, r); err != nil {
		return err
	}
	return os.WriteFile(table, text.Bytes(), 0o644)
}

// writeJSON writes v to a file, unless its name is empty.
func writeJSON(file string, v any) error {
	if file == "" {
		return nil
	}
	return export.WriteJSON(file, v, "  ")
}
