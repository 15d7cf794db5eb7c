// Package score measures how good the doctor is: it plays every scenario of the catalogue, slow and cured, many times,
// reads the traces back from Jaeger with the truth taken out, and compares what the doctor says with what was planted
// and what the cure really saved. Call [Run], then print the [Result]; [Try] does it for one scenario.
//
// How it judges:
//
//   - A run is right if the first finding is of the expected kind and says what makes it understood: a person acts upon the
//     first. Of several requests at once the slowest counts, and false alarms in all of them.
//   - The doctor gets one trace. Only if it says itself that this one cannot tell, or finds nothing and cannot explain half of
//     the request, it gets whatever the services did at the same moment, and the same request a dozen times from before it was
//     slow; then it has to tell.
//   - A place is right or wrong wherever the kind is right, whatever else the finding says or lacks.
//   - Precision is over what was planted and found, and false alarms. What is true besides counts for neither, and is told.
//   - The predicted saving is the median over the runs that are right, of what remains after the last of the expected
//     findings or, if others rank between them, of the middles of their ranges. A range that begins at nothing, or a wait for
//     what others use too, is a cap: it is compared as one. The measured saving is the median duration of the slow
//     request less that of its counterpart, both as their root spans have it. What needs other traces to be predicted is reported
//     apart.
//   - Slow runs have to have gained what was planted where it was planted, and a request beside them must not have: by the
//     median of some, it is not to be 5 ms slower than beside the counterpart.
//   - With few runs chance weighs much: what went wrong is played again until it has had ten. Nothing is thrown away, and
//     each scenario weighs the same however often it was played.
//
// The JSON form of a [Result] is published. Beside precision, recall, place_accuracy, structural_saving_median_error and
// scenarios, each with id, variant, expected, found, place_right, predicted_us, measured_us and runs, it holds what these figures
// are made of, under the names that the types here give.
package score

import (
	"context"
	"time"

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

	strict bool // also measure what the slow requests do to others, and play again what went wrong
}

// Run plays the scenarios. Slow and cured requests take turns, so that whatever else the machine does strikes both.
func Run(ctx context.Context, p Plan) (Result, error) {
	p.strict = true
	samples, beside, err := p.play(ctx)
	if err != nil {
		return Result{}, err
	}
	return result(bench.Here(), p.Runs, samples, beside), nil
}

// A sample is one playing of one variant.
type sample struct {
	scenario     scenario.Scenario
	variant      scenario.Variant
	ids          []string
	began, ended time.Time
	scenario.Played
	ordinary []*trace.Trace // of the same request when nothing was wrong
	verdict  verdict
}

// play plays everything, reads the traces and asks the doctor. What needs a big catalogue comes last.
func (p Plan) play(ctx context.Context) (samples []*sample, beside besides, err error) {
	small, big, products := scenario.Split(p.Scenarios)
	beside = besides{}
	if samples, err = p.part(ctx, small, beside); err != nil || len(big) == 0 {
		return samples, beside, err
	}
	if err := p.Grow(ctx, products); err != nil {
		return nil, nil, err
	}
	more, err := p.part(ctx, big, beside)
	return append(samples, more...), beside, err
}

// part plays some of the scenarios. Where few runs are planned, chance may make a good doctor look bad: what went wrong is
// played again until it has had enough of them, and judged by all its runs.
func (p Plan) part(ctx context.Context, scenarios []scenario.Scenario, beside besides) ([]*sample, error) {
	samples, err := p.judged(ctx, scenarios, controls, beside)
	if err != nil || !p.strict || p.Runs >= enough {
		return samples, err
	}
	wrong := amiss(scenarios, result(bench.Machine{}, p.Runs, samples, beside).Rows)
	p.Runs = enough - p.Runs
	more, err := p.judged(ctx, wrong, enough, beside)
	return append(samples, more...), err
}

// judged plays scenarios as often as planned, with so many controls, and judges what the doctor says.
func (p Plan) judged(ctx context.Context, scenarios []scenario.Scenario, controls int, beside besides) ([]*sample, error) {
	if len(scenarios) == 0 {
		return nil, nil
	}
	samples, err := p.rounds(ctx, scenarios)
	if err != nil {
		return nil, err
	}
	if p.strict {
		if err := p.controls(ctx, scenarios, controls, beside); err != nil {
			return nil, err
		}
	}
	p.Progress("asking the doctor")
	for _, s := range samples {
		s.verdict = s.judge()
	}
	return samples, nil
}
