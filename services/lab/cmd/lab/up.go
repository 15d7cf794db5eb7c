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

	"spanwise/doctor/report"
	"spanwise/lab/jaeger"
	"spanwise/lab/native"
)

func up(*flag.FlagSet) func(context.Context, env) error {
	return func(ctx context.Context, e env) error {
		began := time.Now()
		settings, err := settingsOf(e)
		if err != nil {
			return err
		}
		if err := settings.CheckPorts(); err != nil { // before minutes of building
			return err
		}
		if settings.Programs, err = programs(ctx, e, settings.Root); err != nil {
			return err
		}
		console := native.NewConsole(e.stdout, report.TerminalLook(e.stdout, e.getenv).Color)
		lab, err := native.Start(ctx, settings, console)
		if err != nil {
			return err
		}
		console.Say("%s", welcome(settings, jaeger.HasUI(ctx, settings.URL(native.JaegerPort)), time.Since(began)))
		err = lab.Wait(ctx)
		if err != nil {
			fmt.Fprintln(e.stderr, "lab:", err) // at once: stopping the others takes a moment
			err = errors.New("a program exited unexpectedly (see above)")
		}
		console.Say("Stopping order, pricing, inventory, then the Collector and Jaeger. Press Ctrl-C again to kill them.")
		defer killOnInterrupt(lab)()
		err = errors.Join(err, lab.Stop(ctx))
		d, known := lab.Delivery()
		console.Say("%s", goodbye(d, known && err == nil))
		return err
	}
}

// goodbye reports whether all spans reached Jaeger, if that is known.
func goodbye(d native.Delivery, known bool) string {
	switch {
	case !known || d == (native.Delivery{}):
		return "Stopped."
	case d.Waiting() > 0:
		return fmt.Sprintf("Stopped. %d spans are in the Collector's queue on disk until the next start.", d.Waiting())
	}
	return fmt.Sprintf("Stopped. All %d spans reached Jaeger.", d.Accepted)
}

// killOnInterrupt kills all programs at the next Ctrl-C, until off is called.
func killOnInterrupt(lab *native.Run) (off func()) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	cancel := context.AfterFunc(ctx, lab.Kill)
	return func() { cancel(); stop() }
}

// welcome lists what runs where, and what to try first.
func welcome(s native.Settings, pages bool, took time.Duration) string {
	order, traces := s.Shown(native.OrderPort), s.Shown(native.JaegerPort)
	look := traces + "/trace/TRACE_ID"
	if !pages {
		look = traces + "/api/traces/TRACE_ID\n    (This Jaeger was built from its Go module and has no web pages. " +
			"Set JAEGER_BIN to a released Jaeger to get them.)"
	}
	metrics := ""
	if s.Metrics {
		metrics = "\n  metrics    " + s.Shown(native.PrometheusPort) + "/consoles/index.html"
	}
	return fmt.Sprintf(`
Ready in %.1fs. Open %s to try slowdowns and see the doctor's diagnoses, or continue here.
  lab        %[2]s
  order      %[3]s
  inventory  %[4]s
  pricing    %[5]s
  Jaeger     %[6]s%[9]s

Order 50 has 50 lines. Fetch the price and stock of each line with a separate call, which is an N+1, and ask where the time went:
    trace=$(curl -si '%[3]s/orders/50?fetch=each' | sed -n 's/^Traceresponse: 00-\([0-9a-f]*\)-.*/\1/p')
    .bin/doctor -jaeger %[6]s $trace
The trace itself is at
    %[7]s
Press Ctrl-C to stop everything. Data is kept in %[8]s.
`, took.Seconds(), s.Shown(native.LabPort), order, s.Shown(native.InventoryPort), s.Shown(native.PricingPort), traces, look, s.Data, metrics)
}
