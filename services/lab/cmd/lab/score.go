package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"

	"spanwise/lab/blind"
	"spanwise/lab/jaeger"
	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
	"spanwise/lab/score"
)

func scored(set *flag.FlagSet) func(context.Context, world) error {
	runs := set.Int("n", 10, "play each scenario that many `times`")
	only := set.String("only", "", "play only the scenario of that `id`, and healthy traffic")
	file := set.String("json", "", "also write the score to this `file`, as JSON")
	table := set.String("markdown", "", "also write the table to this `file`, as Markdown")
	return func(ctx context.Context, w world) error {
		if *runs < 1 {
			return fmt.Errorf("-n %d: play each at least once", *runs)
		}
		scenarios, err := chosen(*only)
		if err != nil {
			return err
		}
		var result score.Result
		err = inScratch(ctx, w, nil, func(run *native.Run) error {
			plan := score.Plan{Shop: shopOf(run), Jaeger: blinded(run.URL(native.JaegerPort)), Scenarios: scenarios, Runs: *runs,
				Grow:     func(ctx context.Context, products int) error { return enough(ctx, w, run, products) },
				Progress: func(format string, args ...any) { fmt.Fprintf(w.stderr, format+"\n", args...) }}
			result, err = score.Run(ctx, plan)
			return err
		})
		if err != nil {
			return err
		}
		if err := publish(w, result, *file, *table); err != nil {
			return err
		}
		if missed := len(result.Missed()); missed > 0 {
			return fmt.Errorf("the score misses %d of its targets: see above", missed)
		}
		return nil
	}
}

// chosen returns the scenario of that id with the healthy ones, or all.
func chosen(id string) ([]scenario.Scenario, error) {
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

func publish(w world, r score.Result, file, table string) error {
	if err := score.Text(w.stdout, r); err != nil {
		return err
	}
	if file != "" {
		text, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	if table == "" {
		return nil
	}
	return toFile(table, func(out io.Writer) error { return score.Markdown(out, r) })
}

// toFile writes a file and reports every error in doing so.
func toFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// shopOf returns a client of a run's services.
func shopOf(run *native.Run) play.Client {
	return play.New(run.URL(native.OrderPort), run.URL(native.InventoryPort), run.URL(native.PricingPort))
}

// blinded reads from the Jaeger at base what the doctor may see.
func blinded(base string) *jaeger.Reader {
	return jaeger.Through(base, blind.Transport(http.DefaultTransport))
}
