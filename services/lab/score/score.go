// Package score measures how good the doctor is: it plays every scenario of the catalogue, slow and fixed, many times,
// reads the traces back from Jaeger with the truth taken out, and compares what the doctor says with what was planted
// and what the cure really saved. Call [Run], then print the [Result].
package score

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"spanwise/doctor/report"
	"spanwise/doctor/trace"
	"spanwise/lab/bench"
	"spanwise/lab/jaeger"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

// A Plan says what to play, where, and how often.
type Plan struct {
	Shop      play.Shop
	Jaeger    *jaeger.Reader // blinded: see spanwise/lab/blind
	Scenarios []scenario.Scenario
	Runs      int
	Progress  func(format string, args ...any)
}

// A sample is one playing of one variant.
type sample struct {
	scenario scenario.Scenario
	variant  scenario.Variant
	ids      []string
	began    time.Time
	traces   []*trace.Trace // the slowest first
	others   []*trace.Trace // that it caused as well
	verdict  verdict
}

// Samples is what the plan's runs of one scenario gave: a trial for each variant, and the row for its slow one.
type Samples struct {
	Row    Row
	Trials []Trial
}

// A Trial is the one of a variant's runs that took the median time.
type Trial struct {
	Variant scenario.Variant
	Case    report.Case
}

// Try plays the plan and returns what it gave for its first scenario. The others are there to be compared with.
func Try(ctx context.Context, p Plan) (Samples, error) {
	samples, err := p.play(ctx)
	if err != nil {
		return Samples{}, err
	}
	var all Samples
	for _, same := range alike(samples) {
		if same[0].scenario.ID != p.Scenarios[0].ID {
			continue
		}
		slices.SortFunc(same, func(a, b *sample) int { return cmp.Compare(a.verdict.durationUS, b.verdict.durationUS) })
		middle := same[len(same)/2]
		all.Trials = append(all.Trials, Trial{middle.variant, report.Case{Trace: middle.traces[0], Report: middle.verdict.report}})
	}
	all.Row = result(bench.Here(), p.Runs, samples).Rows[0]
	return all, nil
}

// delivery is how long the last spans of a run take to reach Jaeger, and how long work may go on after its answer.
const delivery = 1500 * time.Millisecond

// Run plays the scenarios. Slow and fixed requests take turns, so that whatever else the machine does strikes both.
func Run(ctx context.Context, p Plan) (Result, error) {
	samples, err := p.play(ctx)
	if err != nil {
		return Result{}, err
	}
	return result(bench.Here(), p.Runs, samples), nil
}

// play plays everything, reads the traces and asks the doctor.
func (p Plan) play(ctx context.Context) ([]*sample, error) {
	if _, err := p.round(ctx); err != nil { // connections, caches and code that have not been used yet are slower
		return nil, err
	}
	var samples []*sample
	for n := range p.Runs {
		p.Progress("run %d of %d", n+1, p.Runs)
		round, err := p.round(ctx)
		if err != nil {
			return nil, err
		}
		samples = append(samples, round...)
	}
	p.Progress("reading the traces back")
	if err := wait(ctx, delivery); err != nil {
		return nil, err
	}
	if err := p.read(ctx, samples); err != nil {
		return nil, err
	}
	p.Progress("asking the doctor")
	ordinary := ordinaryTraffic(samples)
	for _, s := range samples {
		s.verdict = s.judge(ordinary)
	}
	return samples, nil
}

// round plays every variant of every scenario once.
func (p Plan) round(ctx context.Context) ([]*sample, error) {
	var round []*sample
	for _, s := range p.Scenarios {
		for _, v := range s.Variants() {
			one := &sample{scenario: s, variant: v, began: time.Now()}
			var err error
			if one.ids, err = p.Shop.Play(ctx, s, v.Request); err != nil {
				return nil, fmt.Errorf("%s, %s: %w", s.ID, v.Name, err)
			}
			round = append(round, one)
			if s.Scattered {
				if err := p.search(ctx, one); err != nil {
					return nil, err
				}
			}
		}
	}
	return round, nil
}

func (p Plan) read(ctx context.Context, samples []*sample) error {
	var ids []string
	for _, s := range samples {
		ids = append(ids, s.ids...)
	}
	traces, err := play.Read(ctx, p.Jaeger, ids, 0)
	if err != nil {
		return err
	}
	for _, s := range samples {
		n := len(s.ids)
		s.traces, traces = traces[:n], traces[n:]
		slices.SortFunc(s.traces, slowestFirst)
	}
	return nil
}

// search looks for the traces that a sample caused beside its own: whatever the services did since it began. Nothing
// else runs in the meantime, and nobody goes on before they have arrived.
func (p Plan) search(ctx context.Context, s *sample) error {
	if err := wait(ctx, delivery); err != nil {
		return err
	}
	var err error
	s.others, err = play.Others(ctx, p.Jaeger, p.Shop, s.ids, s.began)
	return err
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
