// Package score measures how good the doctor is: it plays every scenario of the catalogue, slow and fixed, many times,
// reads the traces back from Jaeger with the truth taken out, and compares what the doctor says with what was planted
// and what the cure really saved. Call [Run], then print the [Result].
//
// A run is right if the first finding is of the expected kind: a person acts upon the first. Of several requests at once the
// slowest counts, and false alarms in all of them. The predicted saving is the median over the runs that are right, of
// what remains after the last of the expected findings or, if others rank between them, of the middles of their ranges; a
// range that begins at nothing is a cap and no value. The measured saving is the median duration of the slow request
// less that of the fixed one, both as their root spans have it.
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
	// Grow makes the catalogue at least that big. What needs a big one is played last: everything else would feel it too.
	Grow func(ctx context.Context, products int) error
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
	rows := result(bench.Here(), p.Runs, samples).Rows
	all.Row = rows[slices.IndexFunc(rows, func(r Row) bool { return r.ID == p.Scenarios[0].ID })]
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
	small, big, products := scenario.Split(p.Scenarios)
	samples, err := p.rounds(ctx, small)
	if err != nil {
		return nil, err
	}
	if len(big) > 0 {
		if err := p.Grow(ctx, products); err != nil {
			return nil, err
		}
		more, err := p.rounds(ctx, big)
		if err != nil {
			return nil, err
		}
		samples = append(samples, more...)
	}
	p.Progress("reading the traces back")
	if err := play.Wait(ctx, delivery); err != nil {
		return nil, err
	}
	if err := p.read(ctx, samples); err != nil {
		return nil, err
	}
	p.Progress("asking the doctor")
	for _, s := range samples {
		s.verdict = s.judge(ordinaryTraffic(s, samples))
	}
	return samples, nil
}

// rounds plays those scenarios as often as planned, and once more before that: connections, caches and code that have
// not been used yet are slower.
func (p Plan) rounds(ctx context.Context, scenarios []scenario.Scenario) (samples []*sample, err error) {
	for n := range p.Runs + 1 {
		p.Progress("playing %d scenarios, run %d of %d", len(scenarios), n, p.Runs)
		round, err := p.round(ctx, scenarios)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			samples = append(samples, round...)
		}
	}
	return samples, nil
}

// round plays every variant of the scenarios once.
func (p Plan) round(ctx context.Context, scenarios []scenario.Scenario) ([]*sample, error) {
	var round []*sample
	for _, s := range scenarios {
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
	if err := play.Wait(ctx, delivery); err != nil {
		return err
	}
	var err error
	s.others, err = play.Others(ctx, p.Jaeger, p.Shop, s.ids, s.began)
	return err
}
