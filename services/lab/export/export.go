// Package export writes the traces of scenarios to a folder, with a file that says what is true about each, for people who
// build tools that read traces. Call [Write].
//
// The traces are as blinded as those that the doctor gets, and the names of their files reveal nothing. For the same seed, the traces,
// their files and what is true about each are the same; times and ids are those of the run.
package export

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/trace"
	"spanwise/lab/blind"
	"spanwise/lab/jaeger"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

// A Source is a running system.
type Source struct {
	Shop   play.Client
	Jaeger string                                        // the address of its API
	Grow   func(ctx context.Context, products int) error // makes the catalogue of products at least that big
}

// A Plan is what to write.
type Plan struct {
	Scenarios []scenario.Scenario
	Seed      uint64 // of the order in which they are played, which is that of the files
	Runs      int    // of each variant
	Progress  func(format string, args ...any)
}

// Free returns an error unless dir does not exist or is empty.
func Free(dir string) error {
	found, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("%s is not empty (choose a new folder, so that no files are overwritten or mixed up)", dir)
	}
	return err
}

// Write plays the plan and writes dir, which must be [Free]. If it fails, it leaves nothing behind.
func Write(ctx context.Context, from Source, plan Plan, dir string) (truth Truth, err error) {
	if err := Free(dir); err != nil {
		return truth, err
	}
	dir = filepath.Clean(dir)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return truth, err
	}
	draft, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+"-")
	if err != nil {
		return truth, err
	}
	defer os.RemoveAll(draft) // does nothing once it is renamed
	if err := errors.Join(os.Chmod(draft, 0o755), os.Mkdir(filepath.Join(draft, Traces), 0o755)); err != nil {
		return truth, err
	}
	through := blind.Transport(http.DefaultTransport)
	e := &exporter{from, jaeger.New(from.Jaeger, through), &http.Client{Transport: through, Timeout: 30 * time.Second}}
	if truth, err = e.play(ctx, plan, draft); err != nil {
		return truth, err
	}
	if err := truth.write(draft); err != nil {
		return truth, err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return truth, err
	}
	return truth, os.Rename(draft, dir)
}

// A step is one run of one variant.
type step struct {
	scenario scenario.Scenario
	variant  scenario.Variant
	run      int
}

// steps returns the runs in the order in which they are played: a shuffle that is the same for the same seed. Scenarios that
// need a big catalogue of products come last, because it slows all others down.
func (p Plan) steps() []step {
	random := rand.New(rand.NewPCG(p.Seed, 0))
	var all []step
	small, big, _ := scenario.Split(p.Scenarios)
	for _, scenarios := range [][]scenario.Scenario{small, big} {
		begin := len(all)
		for _, s := range scenarios {
			for _, v := range s.Variants() {
				for run := range p.Runs {
					all = append(all, step{s, v, run + 1})
				}
			}
		}
		part := all[begin:]
		random.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
	}
	return all
}

// An exporter reads the traces of a source, blinded.
type exporter struct {
	Source
	traces *jaeger.Reader
	http   *http.Client
}

// play plays the plan and writes the traces.
func (e *exporter) play(ctx context.Context, plan Plan, dir string) (Truth, error) {
	truth := Truth{Version: version, Seed: plan.Seed, Runs: plan.Runs}
	all := plan.steps()
	grown := 0
	for some := range slices.Chunk(all, batch) {
		var done []played
		for _, s := range some {
			if s.scenario.Products > grown {
				grown = s.scenario.Products
				if err := e.Grow(ctx, grown); err != nil {
					return truth, err
				}
			}
			number := len(truth.Files) + len(done) + 1
			plan.Progress("%d of %d", number, len(all))
			one, err := e.one(ctx, s)
			if err != nil {
				return truth, fmt.Errorf("export %s, %s: %w", s.scenario.ID, s.variant.Name, err)
			}
			one.label = s.label(number)
			done = append(done, one)
		}
		labels, err := e.save(ctx, done, dir)
		if err != nil {
			return truth, err
		}
		truth.Files = append(truth.Files, labels...)
	}
	return truth, nil
}

// batch is how many variants are played before their traces are read, because one wait for their last spans is enough.
const batch = 20

// A played variant has traces that are still arriving.
type played struct {
	label       Label
	own, others []string
}

// one plays one variant, and finds the traces that it caused in addition to its own if the scenario is known to leave some.
func (e *exporter) one(ctx context.Context, s step) (done played, err error) {
	if _, err := e.Shop.Play(ctx, s.scenario, s.variant.Request); err != nil { // because the first use of anything is slower
		return done, err
	}
	began := time.Now()
	if done.own, err = e.Shop.Play(ctx, s.scenario, s.variant.Request); err != nil || s.scenario.MinEffect.ExtraTraces == 0 {
		return done, err
	}
	ended := time.Now()
	if err := play.Settle(ctx); err != nil {
		return done, err
	}
	others, err := play.Others(ctx, e.traces, e.Shop, done.own, began)
	for _, t := range play.During(others, began, ended) {
		done.others = append(done.others, t.ID)
	}
	return done, err
}

// save writes the traces of what was played once their last spans have arrived.
func (e *exporter) save(ctx context.Context, done []played, dir string) (labels []Label, err error) {
	if err := play.Settle(ctx); err != nil {
		return nil, err
	}
	for _, d := range done {
		traces, err := play.Read(ctx, e.traces, slices.Concat(d.own, d.others))
		if err != nil {
			return nil, err
		}
		for i, t := range traces {
			d.label.Traces = append(d.label.Traces, traced(t, i < len(d.own)))
		}
		if err := e.saveTraces(ctx, d.label.Traces, filepath.Join(dir, filepath.FromSlash(d.label.File))); err != nil {
			return nil, err
		}
		labels = append(labels, d.label)
	}
	return labels, nil
}

func traced(t *trace.Trace, own bool) Trace {
	one := Trace{ID: t.ID, Spans: len(t.Spans), Own: own}
	if root := doctor.Headline(t); root != nil {
		one.DurationUS = root.Duration
	}
	return one
}
