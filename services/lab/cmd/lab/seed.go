package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	metric "go.opentelemetry.io/otel/metric/noop"
	trace "go.opentelemetry.io/otel/trace/noop"

	"spanwise/internal/database"
	"spanwise/internal/telemetry"
	"spanwise/lab/native"
	"spanwise/pricing"
)

func seed(set *flag.FlagSet) func(context.Context, world) error {
	products := set.Int("products", 1_000_000, "how many products the catalogue is to have")
	return func(ctx context.Context, w world) (err error) {
		root, err := sourceTree()
		if err != nil {
			return err
		}
		settings, err := native.FromEnv(root, w.getenv, w.environ)
		if err != nil {
			return err
		}
		db, err := database.Open(ctx, database.Config{
			Service: native.Pricing, URL: w.getenv("PRICING_DATABASE_URL"), Dir: settings.Data,
			Wait: 10 * time.Second, Migrations: pricing.Migrations,
		}, silent(w.stderr))
		if err != nil {
			return err
		}
		defer db.Close()
		bar := bar{out: w.stdout, terminal: terminal(w.stdout), began: time.Now(), of: *products}
		if err := pricing.Seed(ctx, db, *products, bar.show); err != nil {
			bar.end()
			if ctx.Err() != nil {
				return fmt.Errorf("interrupted: what is made stays, run the same again to go on")
			}
			return err
		}
		bar.end()
		fmt.Fprintf(w.stdout, "the catalogue has at least %d products now; that took %v\n", *products, time.Since(bar.began).Round(100*time.Millisecond))
		return nil
	}
}

// silent is telemetry that goes nowhere.
func silent(stderr io.Writer) *telemetry.Telemetry {
	return &telemetry.Telemetry{
		Traces: trace.NewTracerProvider(), Metrics: metric.NewMeterProvider(), Propagator: telemetry.Propagator(),
		Log: slog.New(slog.NewTextHandler(stderr, nil)),
	}
}

// A bar shows how far it is: on a terminal one line that is rewritten, elsewhere a line every tenth.
type bar struct {
	out      io.Writer
	terminal bool
	began    time.Time
	of       int
	tenth    int // the last one told
	shown    bool
}

const barWidth = 40

func (b *bar) show(done int) {
	line := fmt.Sprintf("%d of %d products, %v", done, b.of, time.Since(b.began).Round(100*time.Millisecond))
	if b.terminal {
		b.shown = true
		full := barWidth * done / b.of
		fmt.Fprintf(b.out, "\r\x1b[K[%s%s] %s", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), line)
		return
	}
	if tenth := 10 * done / b.of; tenth > b.tenth {
		b.tenth = tenth
		fmt.Fprintln(b.out, line)
	}
}

// end leaves the line.
func (b *bar) end() {
	if b.shown {
		fmt.Fprintln(b.out)
	}
}
