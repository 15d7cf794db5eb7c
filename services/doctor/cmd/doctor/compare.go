package main

import (
	"context"
	"io"

	"spanwise/doctor/report"
)

// compare sets two traces, or two files of traces, side by side.
func compare(ctx context.Context, out io.Writer, o *options, src source, look report.Look) error {
	var sides [2]report.Side
	for i, name := range o.names {
		traces, err := src.named(ctx, name)
		if err != nil {
			return err
		}
		sides[i] = report.Side{Name: name, Cases: diagnose(traces)}
	}
	c := report.Compare(sides[0], sides[1])
	switch {
	case o.json:
		return c.JSON(out)
	case o.markdown:
		return c.Markdown(out)
	}
	return c.Terminal(out, o.again(look))
}
