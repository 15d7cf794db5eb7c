package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"time"

	"spanwise/lab/export"
	"spanwise/lab/native"
	"spanwise/lab/scenario"
)

func exported(set *flag.FlagSet) func(context.Context, world) error {
	return func(ctx context.Context, w world) error {
		if set.NArg() == 0 {
			return errors.New("into which folder? (for example lab export traces)")
		}
		return inScratch(ctx, w, nil, func(run *native.Run) error {
			jaeger := run.URL(native.JaegerPort)
			from := export.Source{Shop: shopOf(run), Traces: blinded(jaeger), Jaeger: jaeger, HTTP: &http.Client{Timeout: 30 * time.Second},
				Grow: func(ctx context.Context, products int) error { return enough(ctx, w, run, products) }}
			labels, err := export.Write(ctx, from, scenario.All(), set.Arg(0))
			if err != nil {
				return err
			}
			traces := 0
			for _, l := range labels {
				traces += l.Traces
			}
			fmt.Fprintf(w.stdout, "%d traces of %d variants are in %s; %s tells what each is.\n", traces, len(labels), set.Arg(0), export.Manifest)
			return nil
		})
	}
}
