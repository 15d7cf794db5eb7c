package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"

	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/smoke"
)

func smokeTest(set *flag.FlagSet) func(context.Context, env) error {
	attach := set.Bool("attach", false, "check a running system instead of starting a separate one: by default that of make up,\n"+
		"or the one at ORDER_URL, INVENTORY_URL, PRICING_URL and JAEGER_URL")
	return func(ctx context.Context, e env) error {
		if *attach {
			root, err := sourceTree()
			if err != nil {
				return err
			}
			traces, err := attached(e)
			if err != nil {
				return err
			}
			return check(ctx, e, smoke.System{Shop: play.At(e.getenv), Traces: traces, Root: root})
		}
		return inScratch(ctx, e, nil, func(run *native.Run) error {
			traces, log := blinded(run.URL(native.JaegerPort)), filepath.Join(run.Data, logFile)
			return check(ctx, e, smoke.System{Shop: shopOf(run), Traces: traces, Root: run.Root, Log: log})
		})
	}
}

// check runs the checks and prints a line for each.
func check(ctx context.Context, e env, system smoke.System) error {
	passed, failed := 0, 0
	report := func(name string, err error) {
		if err == nil {
			passed++
			fmt.Fprintln(e.stdout, "ok   ", name)
			return
		}
		failed++
		fmt.Fprintf(e.stdout, "FAIL  %s\n%v\n", name, err)
	}
	if err := system.Check(ctx, report); err != nil {
		report("the system answers", err)
	}
	fmt.Fprintf(e.stdout, "%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		return errors.New("the smoke test failed")
	}
	return nil
}
