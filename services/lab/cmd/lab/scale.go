package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"slices"
	"sync"
	"time"

	"spanwise/lab/bench"
	"spanwise/lab/build"
	"spanwise/lab/native"
	"spanwise/lab/scale"
)

func runScale(set *flag.FlagSet) func(context.Context, env) error {
	only := set.String("only", "", "run only the drills whose names, such as kafka/gateway-sigkill, match this `REGEXP`")
	cost := set.Bool("cost", false, "instead of the drills, measure what each pipeline costs")
	quick := set.Bool("quick", false, "run only the few drills that are meant for CI; with -cost, one short round")
	list := set.Bool("list", false, "list the drills")
	file := set.String("json", "", "also write the results to this `FILE`, as JSON")
	page := set.String("page", "", "also write the table into this `FILE`, between its two comments")
	return func(ctx context.Context, e env) error {
		runs, err := scale.Find(*only, *quick)
		switch {
		case err != nil:
			return misuse(err.Error())
		case *list:
			fmt.Fprint(e.stdout, scale.List(runs))
			return nil
		case *cost && *only != "":
			return misuse("-cost compares all pipelines: leave out -only")
		}
		s := pipelines{env: e, file: *file, page: *page, place: "scale"}
		if *cost {
			s.place = "scale-cost"
		}
		if *page != "" {
			if err := fillPage(*page, s.place, nil); err != nil { // that it can, before minutes of drills
				return err
			}
		}
		if err := writable(*file); err != nil {
			return err
		}
		if s.root, s.files, err = built(ctx, e, build.Jaeger, build.Collector, build.Scale, build.Broker); err != nil {
			return err
		}
		if *cost {
			return s.cost(ctx, *quick)
		}
		return s.drill(ctx, runs)
	}
}

// pipelines is where lab scale runs pipelines, and where its results go.
type pipelines struct {
	env
	root       string
	files      *build.Programs
	file, page string // each unless it is empty
	place      string // in the page
}

// cost measures the pipelines in turns, so that what slows the machine for a while slows all of them.
func (s pipelines) cost(ctx context.Context, quick bool) error {
	times, window := 3, 8*time.Second
	if quick {
		times, window = 1, 5*time.Second
	}
	report := scale.CostReport{Machine: bench.Here(), Commit: commitOf(ctx, s.root), Window: window}
	var rounds [][]scale.Cost
	for range times {
		var round []scale.Cost
		for _, in := range scale.Compared {
			err := s.run(ctx, in, slices.Concat(scale.CostSettings, in.Settings()), func(run *native.Run) error {
				c, err := scale.Measure(ctx, run, in, window)
				round = append(round, c)
				return err
			})
			if err != nil {
				return fmt.Errorf("%s: %w", in.Name, err)
			}
			fmt.Fprintf(s.stderr, "%s: %.0f ms of CPU\n", in.Name, round[len(round)-1].Total())
		}
		rounds = append(rounds, round)
		report.Comparisons = scale.Compare(rounds)
		if err := s.save(report, report.Markdown()); err != nil {
			return err
		}
	}
	fmt.Fprint(s.stdout, report)
	return nil
}

// save writes a report as JSON and into a page, unless the names of the files are empty.
func (s pipelines) save(report any, markdown string) error {
	err := writeJSON(s.file, report)
	if err == nil && s.page != "" {
		err = fillPage(s.page, s.place, []byte(markdown))
	}
	return err
}

// starts is held while a system starts, so that two of them do not choose the same free ports.
var starts sync.Mutex

// run runs a pipeline without the shop.
func (s pipelines) run(ctx context.Context, in scale.Arrangement, settings []string, do func(*native.Run) error) error {
	if in.DNS {
		if err := native.CanResolve(); err != nil {
			return err
		}
	}
	withoutShop := func(n *native.Settings) (undo func() error, err error) {
		n.NoShop, n.Agents, n.DNS = true, cmp.Or(in.Agents, scale.Processes), in.DNS
		return func() error { return nil }, nil
	}
	starts.Lock()
	started := sync.OnceFunc(starts.Unlock)
	defer started()
	return inTree(ctx, s.env, s.root, s.files, settings, withoutShop, func(run *native.Run) error {
		started()
		return do(run)
	})
}
