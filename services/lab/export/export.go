// Package export writes the traces of scenarios into a folder, and their truth into a file beside them, for people who
// build tools of their own that read traces. Call [Write].
//
// The traces are as blind as the doctor gets them, and the names of their files say nothing. Which traces there are, in
// which files, and what is true of each is the same for the same seed; times and ids are those of the run.
package export

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"spanwise/doctor"
	"spanwise/doctor/trace"
	"spanwise/lab/jaeger"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

// A Source is a running system.
type Source struct {
	Shop   play.Shop
	Traces *jaeger.Reader                                // blinded: see spanwise/lab/blind
	Read   Documents                                     // blinded too
	Grow   func(ctx context.Context, products int) error // makes the catalogue at least that big
}

// A Plan is what to write.
type Plan struct {
	Scenarios []scenario.Scenario
	Seed      uint64 // of the order in which they are played, which numbers the files
	Runs      int    // of each variant
	Progress  func(format string, args ...any)
}

// delivery is how long the last spans of a request take to arrive, and how long work may go on after its answer.
const delivery = 1500 * time.Millisecond

// Free returns an error unless dir can be written: it is not there, or empty.
func Free(dir string) error {
	found, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("%s is not empty, and nothing in it shall be lost or mixed up with this: choose a new folder", dir)
	}
	return err
}

// Write plays the plan and writes dir, which must be [Free]: all of it or, if something goes wrong, nothing.
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
	defer os.RemoveAll(draft) // nothing, once it has its name
	if err := errors.Join(os.Chmod(draft, 0o755), os.Mkdir(filepath.Join(draft, Traces), 0o755)); err != nil {
		return truth, err
	}
	if truth, err = from.play(ctx, plan, draft); err != nil {
		return truth, err
	}
	if err := write(draft, truth); err != nil {
		return truth, err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return truth, err
	}
	return truth, os.Rename(draft, dir)
}

// play plays what is planned and writes the traces.
func (from Source) play(ctx context.Context, plan Plan, dir string) (Truth, error) {
	truth := Truth{Version: version, Seed: plan.Seed, Runs: plan.Runs}
	all := plan.order()
	grown := 0
	for some := range slices.Chunk(all, batch) {
		var done []played
		for _, p := range some {
			if p.scenario.Products > grown {
				grown = p.scenario.Products
				if err := from.Grow(ctx, grown); err != nil {
					return truth, err
				}
			}
			number := len(truth.Files) + len(done) + 1
			plan.Progress("%d of %d", number, len(all))
			one, err := from.one(ctx, p)
			if err != nil {
				return truth, fmt.Errorf("export %s, %s: %w", p.scenario.ID, p.variant.Name, err)
			}
			one.label = p.label(number)
			done = append(done, one)
		}
		labels, err := from.keep(ctx, done, dir)
		if err != nil {
			return truth, err
		}
		truth.Files = append(truth.Files, labels...)
	}
	return truth, nil
}

// batch is how many variants are played before their traces are read: all of them wait together for their last spans.
const batch = 20

// A played variant has traces that are still arriving.
type played struct {
	label       Label
	own, others []string
}

// one plays one variant, and finds the traces that it caused beside its own if it is known for that.
func (from Source) one(ctx context.Context, p playing) (done played, err error) {
	if _, err := from.Shop.Play(ctx, p.scenario, p.variant.Request); err != nil { // what was never used before is slower
		return done, err
	}
	began := time.Now()
	if done.own, err = from.Shop.Play(ctx, p.scenario, p.variant.Request); err != nil || !p.scenario.Scattered {
		return done, err
	}
	ended := time.Now()
	if err := play.Wait(ctx, delivery); err != nil {
		return done, err
	}
	others, err := play.Others(ctx, from.Traces, from.Shop, done.own, began)
	for _, t := range others {
		if at := t.Spans[0].Start; at >= began.UnixMicro() && at <= ended.UnixMicro() {
			done.others = append(done.others, t.ID)
		}
	}
	return done, err
}

// keep writes the traces of what was played when their last spans have arrived.
func (from Source) keep(ctx context.Context, done []played, dir string) (labels []Label, err error) {
	if err := play.Wait(ctx, delivery); err != nil {
		return nil, err
	}
	for _, d := range done {
		traces, err := play.Read(ctx, from.Traces, slices.Concat(d.own, d.others))
		if err != nil {
			return nil, err
		}
		for i, t := range traces {
			d.label.Traces = append(d.label.Traces, traced(t, i < len(d.own)))
		}
		if err := from.Read.keep(ctx, d.label.Traces, filepath.Join(dir, filepath.FromSlash(d.label.File))); err != nil {
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
