package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"spanwise/doctor/report"
	"spanwise/internal/sampling"
	"spanwise/lab/jaeger"
	"spanwise/lab/native"
	"spanwise/lab/status"
)

func up(*flag.FlagSet) func(context.Context, env) error {
	return func(ctx context.Context, e env) (err error) {
		began := time.Now()
		settings, err := settingsOf(e)
		if err != nil {
			return err
		}
		if err := settings.CheckPorts(); err != nil { // before minutes of building
			return err
		}
		console := native.NewConsole(e.stdout, isTerminal(e.stdout))
		if report.TerminalLook(e.stdout, e.getenv).Color {
			console.Colour()
		}
		files, err := programs(ctx, e, settings.Root, console, func(now map[string]string) {
			_ = status.WriteProgress(settings.ProgressFile(), progressOf(now)) // the page says less without it
		}, settings.Tools()...)
		if err != nil {
			return err
		}
		defer files.Stop()
		settings.Programs = files
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
		console.Say("Stopping order, pricing, inventory, then %s. Press Ctrl-C again to kill them.", settings.Pipeline.Stops())
		defer onInterrupt(lab.Kill)()
		err = errors.Join(err, lab.Stop(ctx))
		d, known := lab.Delivery()
		console.Say("%s", goodbye(d, known && err == nil))
		return err
	}
}

// progressOf returns what happens to the parts that the page shows.
func progressOf(programs map[string]string) map[string]string {
	parts := make(map[string]string)
	for name, state := range programs {
		if part := partNames[name]; part != "" {
			parts[part] = state
		}
	}
	if parts[partNames[native.Jaeger]] != "" && parts[partNames[native.Collector]] == "" {
		parts[partNames[native.Collector]] = "starts after Jaeger"
	}
	return parts
}

// goodbye reports whether all spans reached Jaeger, if that is known.
func goodbye(d native.Delivery, known bool) string {
	switch {
	case !known || d == (native.Delivery{}):
		return "Stopped."
	case d.Waiting() > 0:
		return fmt.Sprintf("Stopped. %d spans are in the Collector's queue on disk until the next start.", d.Waiting())
	case d.Tail.Began > 0:
		return sampled(d)
	}
	return fmt.Sprintf("Stopped. All %d spans reached Jaeger.", d.Accepted)
}

// sampled reports what tail sampling did with the spans.
func sampled(d native.Delivery) string {
	text := fmt.Sprintf("Stopped. Tail sampling kept %d of %d traces; their %d spans reached Jaeger.", d.Tail.Kept, d.Tail.Decided, d.Sent)
	if n := d.Tail.Undecided(); n > 0 {
		text += fmt.Sprintf(" At the stop %d more were undecided.", n)
	}
	if d.Tail.Evicted > 0 {
		text += fmt.Sprintf(" It dropped %d more before their decision: raise num_traces in deploy/otelcol-tail.yaml, or OTELCOL_NUM_TRACES of gateways.", d.Tail.Evicted)
	}
	return text
}

// welcome says where the page is, and what to try first in another terminal, because this one is busy. These are the README's
// commands.
func welcome(s native.Settings, pages bool, took time.Duration) string {
	order, traces := s.Shown(native.OrderPort), s.Shown(native.JaegerPort)
	doctor := ".bin/doctor"
	if traces != usualJaeger {
		doctor += " -jaeger " + traces
	}
	note := ""
	if !pages {
		note = "\n             It has no web pages, because it was built from its module. JAEGER_BIN=/path/to/released/jaeger make up has them."
	}
	if s.Pipeline != native.Direct {
		note += fmt.Sprintf("\n  pipeline   %s: %s (docs/scale.md)", s.Pipeline, s.Pipeline.Text())
	}
	if s.Sampling != (sampling.Mode{}) {
		note += fmt.Sprintf("\n  sampling   %s: most traces are dropped, but the page and lab run need the trace of each of their requests", s.Sampling)
	}
	if s.Metrics {
		note += "\n  metrics    " + s.Shown(native.PrometheusPort) + "/consoles/index.html"
	}
	others := ""
	if n := s.Offset(); n != 0 {
		others = fmt.Sprintf("\nThe other commands find this copy with PORT_OFFSET=%d too, as in PORT_OFFSET=%[1]d .bin/lab run n-plus-one-http\n", n)
	}
	return fmt.Sprintf(`
Ready in %.1fs. Open %s

  order      %s
  inventory  %s
  pricing    %s
  Jaeger     %s%s

Or try an N+1 in another terminal, in this folder:
    trace=$(curl -si '%[3]s/orders/50?fetch=each' | sed -n 's/^Traceresponse: \([-0-9a-f]*\).*/\1/p')
    %[8]s $trace
%[9]s
Ctrl-C here stops everything. Data is kept in %[10]s.`, took.Seconds(), s.Shown(native.LabPort), order,
		s.Shown(native.InventoryPort), s.Shown(native.PricingPort), traces, note, doctor, others, s.Data)
}
