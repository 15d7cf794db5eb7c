// Package bench measures what tracing costs, what the pipeline holds, and what the programs need, on systems that it starts for
// that. Call [Run] for the figures of some [Parts], and [Markdown] for tables of them.
//
// The machine is never quiet, so two things are compared by turns within one run, and only as the ratio of neighbours: a
// disturbance then meets both. Memory is an exception: it takes minutes to grow, so the systems are measured one after the other. Each
// figure is the median of the repetitions, with the lowest and the highest.
package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"spanwise/lab/native"
)

// A Start starts a system of its own with those variables, as NAME=value, calls do, and stops the system.
type Start func(ctx context.Context, settings []string, do func(*native.Run) error) error

// A Bench is what is measured, and how thoroughly.
type Bench struct {
	Ours    Start
	Theirs  Start  // a system of another source tree, to compare with; nil without one
	Against string // what that tree is called, such as d20e69b
	Commit  string // of the source tree
	Size    Size
	Say     func(format string, args ...any) // reports the progress
}

// A Size is how often and how long everything is measured. Both sizes measure the same things.
type Size struct {
	name    string
	repeats int             // of what is compared by turns
	slice   time.Duration   // of load, in such a turn
	steady  time.Duration   // of the load of which no span may be lost
	trial   time.Duration   // of load at each rate, in the search for the ceiling
	rounds  int             // of traces whose way to Jaeger is timed
	starts  int             // of a system
	memory  []time.Duration // of load, after which the memory is read
	lines   []int           // of the orders that are fetched
}

// The sizes: what the targets refer to, and what fits into CI.
var (
	Full = Size{
		name: "full", repeats: 10, slice: 4 * time.Second, steady: time.Minute, trial: 10 * time.Second, rounds: 10, starts: 10,
		memory: []time.Duration{time.Minute, 5 * time.Minute, 10 * time.Minute},
		lines:  []int{1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100},
	}
	Quick = Size{
		name: "quick", repeats: 2, slice: 500 * time.Millisecond, steady: 3 * time.Second, trial: time.Second, rounds: 2, starts: 2,
		memory: []time.Duration{3 * time.Second, 6 * time.Second}, lines: []int{1, 10, 100},
	}
)

// A Part measures one thing.
type Part struct {
	Name  string // for -only
	Title string
	About string // what was done, and what the words in the tables mean

	Compares bool // with another tree; it is left out without one
	also     bool // measures another tree, if there is one
	measure  func(*Bench, context.Context) (Figures, error)
}

// UsesTheirs reports whether the part measures another source tree.
func (p Part) UsesTheirs() bool { return p.Compares || p.also }

// Parts lists the parts in the order in which they are measured.
var Parts = []Part{cost, against, ceiling, arrival, memory, lines}

// Find returns the parts with those names, separated by commas; all for "".
func Find(names string) ([]Part, error) {
	if names == "" {
		return Parts, nil
	}
	var found []Part
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(Parts, func(p Part) bool { return p.Name == strings.TrimSpace(name) })
		if i < 0 {
			return nil, fmt.Errorf("there is no part %q: choose from %s", name, partNames())
		}
		found = append(found, Parts[i])
	}
	return found, nil
}

func partNames() string {
	var names []string
	for _, p := range Parts {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// Run measures the parts and calls done with the result of each as soon as it is there, because a run takes long: an error of one
// part neither ends the run nor costs what that part has measured, such as that a program lost spans and says so at its exit.
func (b *Bench) Run(ctx context.Context, parts []Part, done func(Result) error) error {
	var errs []error
	for _, p := range parts {
		if p.Compares && b.Theirs == nil {
			continue
		}
		b.Say("%s: %s", p.Name, p.Title)
		began := time.Now()
		figures, err := p.measure(b, ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			b.Say("  %v", err)
			errs = append(errs, fmt.Errorf("%s: %w", p.Name, err))
		}
		if len(figures) == 0 {
			continue
		}
		r := Result{
			Part: p.Name, Size: b.Size.name, Machine: Here(), Commit: b.Commit,
			Seconds: int(time.Since(began).Seconds()), Figures: figures,
		}
		if err := done(r); err != nil {
			return err
		}
	}
	return errors.Join(errs...)
}

// Together starts a system for each of the settings and calls do while all of them run.
func Together(ctx context.Context, start Start, settings [][]string, do func([]*native.Run) error) error {
	var runs []*native.Run
	var next func() error
	next = func() error {
		if len(runs) == len(settings) {
			return do(runs)
		}
		return start(ctx, settings[len(runs)], func(run *native.Run) error {
			runs = append(runs, run)
			return next()
		})
	}
	return next()
}
