package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"spanwise/internal/journal"
	"spanwise/lab/bench"
	"spanwise/lab/drill"
	"spanwise/lab/native"
)

func runDrills(set *flag.FlagSet) func(context.Context, env) error {
	only := set.String("only", "", "run only the drills whose names match this `REGEXP`, such as jaeger")
	quick := set.Bool("quick", false, "run only the few that are meant for CI")
	seed := set.Uint64("seed", 1, "choose other random moments, with another `NUMBER`")
	const usualLength = timeFlag(time.Minute)
	length := usualLength
	set.Var(&length, "for", "how long the drill named random goes on, as a `TIME`")
	list := set.Bool("list", false, "list the drills")
	file := set.String("json", "", "also write the outcomes to this `FILE`, in place of those of the same drills that it has")
	page := set.String("page", "", "with -json: also write its table into this `FILE`, between its two comments")
	return func(ctx context.Context, e env) error {
		drills, err := drill.Find(*only, *quick)
		if err != nil {
			return misuse(err.Error())
		}
		if length <= 0 {
			return misuse(fmt.Sprintf("-for %v: want a time above 0, such as 10m", &length))
		}
		random := func(d drill.Drill) bool { return d.Name == "random" }
		if length != usualLength && !slices.ContainsFunc(drills, random) {
			return misuse("-for is for the drill random, which -only or -quick leaves out")
		}
		if *list {
			fmt.Fprint(e.stdout, drill.List(drills))
			return nil
		}
		if *page != "" {
			if *file == "" {
				return misuse("-page needs -json, the file with the outcomes of the drills that do not run now")
			}
			if err := fillPage(*page, "drills", nil); err != nil { // that it can, before minutes of drills
				return err
			}
		}
		if err := writable(*file); err != nil {
			return err
		}
		root, err := sourceTree()
		if err != nil {
			return err
		}
		var saved, report drill.Report
		if *file != "" {
			if saved, err = drill.Read(*file); err != nil {
				return err
			}
		}
		commit := commitOf(ctx, root)
		var errs []error
		for _, d := range drills {
			d.Seed, d.Length = *seed, time.Duration(length)
			o, err := runDrill(ctx, e, d)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", d.Name, err))
			}
			if ctx.Err() != nil {
				break // this says nothing about the drill
			}
			o.Machine, o.Commit = bench.Here(), commit
			fmt.Fprint(e.stdout, o)
			report, saved = append(report, o), saved.With(o)
			if err := saveDrills(saved, *file, *page); err != nil { // after each, because all take long
				errs = append(errs, err)
				break
			}
		}
		if len(report) > 0 {
			fmt.Fprintf(e.stdout, "\n%s", report)
		}
		return errors.Join(errs...)
	}
}

// saveDrills writes a report as JSON and into a page, unless the names of the files are empty.
func saveDrills(report drill.Report, file, page string) error {
	err := writeJSON(file, report)
	if err == nil && page != "" {
		err = fillPage(page, "drills", []byte(report.Markdown()))
	}
	return err
}

// runDrill runs a drill in a system of its own. The error says what was lost.
func runDrill(ctx context.Context, e env, d drill.Drill) (o drill.Outcome, err error) {
	o = drill.Outcome{Drill: d.Name, Text: d.Text}
	if d.Needs != nil {
		if err := d.Needs(); err != nil {
			o.Skipped = err.Error()
			return o, nil
		}
	}
	var spans string
	prepare := func(s *native.Settings) (undo func() error, err error) {
		spans = filepath.Join(s.Data, "spans")
		s.Set(journal.Name, spans)
		if d.Prepare != nil {
			return d.Prepare(s)
		}
		return func() error { return nil }, nil
	}
	settings := slices.Concat([]string{"JAEGER_MAX_TRACES=100000"}, d.Settings) // so that none is missing because there are more
	err = inPrepared(ctx, e, settings, prepare, func(run *native.Run) error {
		o = d.Run(ctx, run, spans)
		return o.Err()
	})
	if err != nil && len(o.Wrong) == 0 {
		o.Wrong = []string{err.Error()}
	}
	return o, err
}
