// Package score measures how good the doctor is: it plays every scenario of the catalogue, slow and fixed, many times,
// reads the traces back from Jaeger without anything that gives the scenario away, and compares what the doctor says with what was
// planted and with what the fix really saved. Call [Run], then print the [Result]; [Try] does it for one scenario.
//
// How it judges:
//
//   - A run is right if the first finding is of the expected kind and states the details without which it cannot be understood: a
//     person acts upon the first finding. Of several requests at once the slowest counts, and false alarms in all of them.
//   - The doctor gets one trace. Only if it says that this one cannot decide, or finds nothing and cannot explain half of the
//     request, it gets whatever else the services did at the same time, and a dozen of the same request without the slowdown, and
//     its second answer counts.
//   - A place is right or wrong wherever the kind is right, whatever else the finding says or lacks.
//   - Precision is over planted findings and false alarms. Findings that the catalogue excuses as true are reported and count for
//     neither.
//   - The predicted saving is the median over the runs that are right. In each it is what fixing everything up to the last planted
//     finding saves or, if other findings rank between these, the sum of the middles of their ranges. A range that begins at 0, and a
//     wait for what other requests use too, are compared as upper bounds. The measured saving is the median duration of the slow
//     request less that of its baseline, both by their root spans. Savings that need other traces to be predicted are reported
//     separately.
//   - Each slow run must show the effect of the scenario at the scenario's places, and must not slow a control, which is a request
//     at the same time: in the median, a control may take at most 5 ms longer than one at the same time as the baseline.
//   - With few runs, chance matters more: scenarios that fail are played again until they have ten runs. All runs count, and
//     each scenario has the same weight however often it was played.
//
// The JSON form of a [Result] is published. Besides precision, recall, place_accuracy, structural_saving_median_error and
// scenarios, each with id, variant, expected, found, place_right, predicted_us, measured_us and runs, it holds what these figures
// are made of, under the names that the types here give.
package score

import (
	"cmp"
	"context"
	"slices"

	"spanwise/doctor/report"
	"spanwise/lab/bench"
	"spanwise/lab/jaeger"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

// A Plan says what to play, where, and how often.
type Plan struct {
	Shop      play.Client
	Jaeger    *jaeger.Reader // blinded: see spanwise/lab/blind
	Scenarios []scenario.Scenario
	Runs      int
	Progress  func(format string, args ...any)
	// Grow makes the catalogue of products at least that big. Scenarios that need a big one are played last, because it slows
	// all others down.
	Grow func(ctx context.Context, products int) error

	strict bool // also play controls, and play scenarios that fail again
}

// Run plays the scenarios. Slow and fixed requests alternate, so that other load on the machine affects both.
func Run(ctx context.Context, p Plan) (Result, error) {
	p.strict = true
	samples, controls, err := p.play(ctx)
	if err != nil {
		return Result{}, err
	}
	return newResult(bench.Here(), p.Runs, samples, controls), nil
}

// Samples are what the runs of one scenario gave: a trial for each variant, and the row of its slow one.
type Samples struct {
	Row    Row
	Trials []Trial
}

// A Trial is the run of a variant that took the median time.
type Trial struct {
	Variant scenario.Variant
	Case    report.Case
}

// Try plays the plan and returns what it gave for its first scenario.
func Try(ctx context.Context, p Plan) (Samples, error) {
	samples, controls, err := p.play(ctx)
	if err != nil {
		return Samples{}, err
	}
	all := Samples{Row: newResult(bench.Here(), p.Runs, samples, controls).Rows[0]}
	for _, same := range byVariant(samples) {
		if same[0].scenario.ID != p.Scenarios[0].ID {
			break
		}
		slices.SortStableFunc(same, func(a, b *sample) int { return cmp.Compare(a.verdict.durationUS, b.verdict.durationUS) })
		middle := same[len(same)/2]
		all.Trials = append(all.Trials, Trial{middle.variant, report.Case{Trace: middle.Slowest(), Report: middle.verdict.report}})
	}
	return all, nil
}

// play plays everything, reads the traces and asks the doctor. The samples are in the order of the plan's scenarios.
func (p Plan) play(ctx context.Context) ([]*sample, controls, error) {
	small, big, products := scenario.Split(p.Scenarios)
	controls := controls{}
	samples, err := p.playUntilSure(ctx, small, controls)
	if err != nil {
		return nil, nil, err
	}
	if len(big) > 0 {
		if err := p.Grow(ctx, products); err != nil {
			return nil, nil, err
		}
		more, err := p.playUntilSure(ctx, big, controls)
		if err != nil {
			return nil, nil, err
		}
		samples = append(samples, more...)
	}
	sortLike(p.Scenarios, samples)
	return samples, controls, nil
}

// sortLike puts samples in the order of their scenarios, those of each in the order in which they were played.
func sortLike(scenarios []scenario.Scenario, samples []*sample) {
	position := map[string]int{}
	for i, s := range scenarios {
		position[s.ID] = i
	}
	slices.SortStableFunc(samples, func(a, b *sample) int { return cmp.Compare(position[a.scenario.ID], position[b.scenario.ID]) })
}

// playUntilSure plays some of the scenarios. If few runs are planned, chance may make a good doctor look bad: scenarios that fail
// are played again until they have enough runs, and judged by all of these.
func (p Plan) playUntilSure(ctx context.Context, scenarios []scenario.Scenario, controls controls) ([]*sample, error) {
	samples, err := p.playAndJudge(ctx, scenarios, controlRuns, controls)
	if err != nil || !p.strict || p.Runs >= enoughRuns {
		return samples, err
	}
	failing := failing(scenarios, newResult(bench.Machine{}, p.Runs, samples, controls).Rows)
	p.Runs = enoughRuns - p.Runs
	more, err := p.playAndJudge(ctx, failing, enoughRuns, controls)
	return append(samples, more...), err
}

// playAndJudge plays scenarios as often as planned, each with so many controls, and judges what the doctor says.
func (p Plan) playAndJudge(ctx context.Context, scenarios []scenario.Scenario, times int, controls controls) ([]*sample, error) {
	if len(scenarios) == 0 {
		return nil, nil
	}
	samples, err := p.rounds(ctx, scenarios)
	if err != nil {
		return nil, err
	}
	if p.strict {
		if err := p.playControls(ctx, scenarios, times, controls); err != nil {
			return nil, err
		}
	}
	p.Progress("asking the doctor")
	for _, s := range samples {
		s.verdict = s.judge()
	}
	return samples, nil
}
