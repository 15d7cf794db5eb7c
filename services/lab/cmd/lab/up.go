package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"spanwise/lab/build"
	"spanwise/lab/jaeger"
	"spanwise/lab/native"
)

func up(*flag.FlagSet) func(context.Context, world) error {
	return func(ctx context.Context, w world) error {
		began := time.Now()
		root, err := sourceTree()
		if err != nil {
			return err
		}
		settings, err := native.FromEnv(root, w.getenv, w.environ)
		if err != nil {
			return err
		}
		if err := settings.CheckPorts(); err != nil { // before minutes of building
			return err
		}
		if settings.Programs, err = programs(ctx, w, root); err != nil {
			return err
		}
		console := native.NewConsole(w.stdout, colour(w, w.stdout))
		lab, err := native.Start(ctx, settings, console)
		if err != nil {
			return err
		}
		console.Say("%s", welcome(settings, jaeger.HasUI(ctx, settings.URL(native.JaegerPort)), time.Since(began)))
		err = lab.Wait(ctx)
		if err != nil {
			fmt.Fprintln(w.stderr, "lab:", err) // now, for stopping the rest takes a moment
			err = errors.New("stopped, because a program ended by itself (above)")
		}
		console.Say("Stopping: order, pricing, inventory, then the Collector and Jaeger. Ctrl-C again kills them.")
		defer hurry(lab)()
		err = errors.Join(err, lab.Stop(ctx))
		d, known := lab.Delivery()
		console.Say("%s", goodbye(d, known && err == nil))
		return err
	}
}

// goodbye says what became of the spans, if that is known and no service has said itself that it lost some.
func goodbye(d native.Delivery, known bool) string {
	switch {
	case !known || d == (native.Delivery{}):
		return "Stopped."
	case d.Waiting() > 0:
		return fmt.Sprintf("Stopped. %d spans wait in the Collector's queue, on disk, for the next start.", d.Waiting())
	}
	return fmt.Sprintf("Stopped. All %d spans reached Jaeger: none was lost.", d.Taken)
}

// hurry kills everything at the next Ctrl-C. The caller calls off when it is not needed any more.
func hurry(lab *native.Run) (off func()) {
	again := make(chan os.Signal, 1)
	signal.Notify(again, os.Interrupt, syscall.SIGTERM)
	over := make(chan struct{})
	go func() {
		select {
		case <-again:
			lab.Kill()
		case <-over:
		}
	}()
	return func() { signal.Stop(again); close(over) }
}

func sourceTree() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	return build.Root(here)
}

// programs builds what is missing and returns the file of each program.
func programs(ctx context.Context, w world, root string) (map[string]string, error) {
	return build.All(ctx, root, w.getenv, &build.Progress{Out: w.stderr, Terminal: terminal(w.stderr)})
}

// welcome tells what runs where, and what to try first.
func welcome(s native.Settings, pages bool, took time.Duration) string {
	order, traces := s.Shown(native.OrderPort), s.Shown(native.JaegerPort)
	look := traces + "/trace/TRACE_ID"
	if !pages {
		look = traces + "/api/traces/TRACE_ID\n    (This Jaeger was built from its Go module and has no pages; JAEGER_BIN=FILE uses a released one, which has.)"
	}
	return fmt.Sprintf(`
Ready in %.1fs. Open %s to try slowdowns and see what the doctor says, or go on here.
  lab        %[2]s
  order      %[3]s
  inventory  %[4]s
  pricing    %[5]s
  Jaeger     %[6]s

Order 50 has 50 lines. Fetch what they cost and how many are left one by one, which is an N+1, and ask where the time went:
    trace=$(curl -si '%[3]s/orders/50?fetch=each' | sed -n 's/^Traceresponse: 00-\([0-9a-f]*\)-.*/\1/p')
    .bin/doctor -jaeger %[6]s $trace
The trace itself is at
    %[7]s
Ctrl-C stops everything. Data is kept in %[8]s.
`, took.Seconds(), s.Shown(native.LabPort), order, s.Shown(native.InventoryPort), s.Shown(native.PricingPort), traces, look, s.Data)
}
