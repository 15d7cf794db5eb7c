package main

import (
	"context"
	"io"
	"slices"

	"spanwise/doctor/report"
	tracing "spanwise/doctor/trace"
)

// compare sets two traces, or two files of traces, side by side, and returns the exit code.
func compare(ctx context.Context, out io.Writer, o *options, src source, look report.Look) (int, error) {
	var read [2][]*trace
	for i, name := range o.names {
		traces, err := src.named(ctx, name)
		if err != nil {
			return healthy, err
		}
		read[i] = traces
	}
	tracing.ResolveCallees(slices.Concat(read[0], read[1])...) // or the same callee has a name on one side, an address on the other
	var sides [2]report.Side
	for i, traces := range read {
		sides[i] = report.Side{Name: o.names[i], Cases: diagnose(traces)}
	}
	c := report.Compare(sides[0], sides[1])
	var err error
	switch {
	case o.json:
		err = c.JSON(out)
	case o.markdown:
		err = c.Markdown(out)
	default:
		err = c.Terminal(out, o.again(look))
	}
	return o.compared(c, sides[0].Cases, sides[1].Cases, src.stderr), err
}
