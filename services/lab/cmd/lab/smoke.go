package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"spanwise/lab/jaeger"
	"spanwise/lab/native"
	"spanwise/lab/play"
	"spanwise/lab/smoke"
)

func smokeTest(set *flag.FlagSet) func(context.Context, world) error {
	attach := set.Bool("attach", false, "try what runs at ORDER_URL and JAEGER_URL, by default http://localhost:8080 and :16686")
	return func(ctx context.Context, w world) error {
		if *attach {
			return try(ctx, w, play.At(w.getenv), jaegerURL(w))
		}
		return inScratch(ctx, w, nil, func(run *native.Run) error {
			return try(ctx, w, shopOf(run), run.URL(native.JaegerPort))
		})
	}
}

// try runs the checks and prints a line for each.
func try(ctx context.Context, w world, shop play.Client, traces string) error {
	passed, failed := 0, 0
	err := smoke.Run(ctx, shop, jaeger.New(traces), func(name string, err error) {
		if err == nil {
			passed++
			fmt.Fprintln(w.stdout, "ok   ", name)
			return
		}
		failed++
		fmt.Fprintf(w.stdout, "FAIL  %s\n%v\n", name, err)
	})
	if err != nil {
		failed++
		fmt.Fprintf(w.stdout, "FAIL  the system answers\n%v\n", err)
	}
	fmt.Fprintf(w.stdout, "%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		return errors.New("the smoke test failed")
	}
	return nil
}
