package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"spanwise/lab/bench"
	"spanwise/lab/native"
	"spanwise/lab/scale"
)

// drillsAtOnce is how many drills run side by side. Each mostly waits, and its load is light.
const drillsAtOnce = 3

// A drilling is the drills that have ended, in the order of the table.
type drilling struct {
	pipelines
	mu       sync.Mutex
	report   scale.Report
	outcomes []*scale.Outcome // nil for those that have not ended
	errs     []error
}

// drill runs drills, each in a system of its own.
func (s pipelines) drill(ctx context.Context, runs []scale.Run) error {
	d := drilling{pipelines: s, outcomes: make([]*scale.Outcome, len(runs))}
	d.report = scale.Report{Machine: bench.Here(), Commit: commitOf(ctx, s.root)}
	var group errgroup.Group
	group.SetLimit(drillsAtOnce)
	for i, r := range runs {
		group.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			o := scale.Outcome{Arrangement: r.In.Name, Drill: r.Drill.Name, Text: r.Text}
			err := s.run(ctx, r.In, append([]string{"JAEGER_MAX_TRACES=200000"}, r.Settings()...), func(run *native.Run) error {
				o = r.Run(ctx, run)
				return o.Err()
			})
			return d.ended(i, o, err)
		})
	}
	err := group.Wait()
	fmt.Fprintf(s.stdout, "\n%s", d.report)
	return errors.Join(append(d.errs, err)...)
}

// ended takes the outcome of a drill, prints it, and saves the report so far, because all of them take long.
func (d *drilling) ended(i int, o scale.Outcome, err error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.errs = append(d.errs, fmt.Errorf("%s/%s: %w", o.Arrangement, o.Drill, err))
		if len(o.Wrong) == 0 {
			o.Wrong = []string{err.Error()}
		}
	}
	d.outcomes[i] = &o
	d.report.Drills = nil
	for _, o := range d.outcomes {
		if o != nil {
			d.report.Drills = append(d.report.Drills, *o)
		}
	}
	fmt.Fprint(d.stdout, o)
	return d.save(d.report, d.report.Markdown())
}
