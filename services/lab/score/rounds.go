package score

import (
	"context"
	"fmt"
	"slices"
	"time"

	"spanwise/doctor/trace"
	"spanwise/lab/bench"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

// rounds plays scenarios as often as planned, after some ordinary traffic.
func (p Plan) rounds(ctx context.Context, scenarios []scenario.Scenario) (samples []*sample, err error) {
	ordinary, err := p.ordinary(ctx, scenarios)
	if err != nil {
		return nil, err
	}
	for n := range p.Runs {
		p.Progress("playing run %d of %d", n+1, p.Runs)
		round, err := p.round(ctx, scenarios)
		if err != nil {
			return nil, err
		}
		if err := p.read(ctx, round); err != nil {
			return nil, err
		}
		samples = append(samples, round...)
	}
	for _, s := range samples {
		s.ordinary = ordinary[s.scenario.ID]
	}
	return samples, nil
}

// ordinaryRuns is how many ordinary requests of a scenario there are.
const ordinaryRuns = 12

// ordinary plays the baseline of every scenario and returns the traces by scenario: those that anyone finds in Jaeger.
// Circumstances, such as a database far away, are the same as with the slow request. That one is made too, because connections, caches
// and code are slower at their first use.
func (p Plan) ordinary(ctx context.Context, scenarios []scenario.Scenario) (map[string][]*trace.Trace, error) {
	p.Progress("playing without the slowdown")
	ids := map[string][]string{}
	for _, s := range scenarios {
		if _, err := p.Shop.Play(ctx, s, s.Slow); err != nil {
			return nil, err
		}
		for len(ids[s.ID]) < ordinaryRuns {
			more, err := p.Shop.Play(ctx, s, s.Baseline().Request)
			if err != nil {
				return nil, err
			}
			ids[s.ID] = append(ids[s.ID], more...)
		}
	}
	if err := play.Settle(ctx); err != nil {
		return nil, err
	}
	traces := map[string][]*trace.Trace{}
	for id, list := range ids {
		var err error
		if traces[id], err = play.Read(ctx, p.Jaeger, list); err != nil {
			return nil, err
		}
	}
	return traces, nil
}

// round plays every variant of the scenarios once, or twice if nothing is wrong, because a second request finds connections and
// caches as the first has left them.
func (p Plan) round(ctx context.Context, scenarios []scenario.Scenario) (round []*sample, err error) {
	for _, s := range scenarios {
		variants := s.Variants()
		if s.Healthy() {
			variants = append(variants, variants...)
		}
		for _, v := range variants {
			one := &sample{scenario: s, variant: v, began: time.Now()}
			if one.ids, err = p.Shop.Play(ctx, s, v.Request); err != nil {
				return nil, fmt.Errorf("%s, %s: %w", s.ID, v.Name, err)
			}
			one.ended = time.Now()
			round = append(round, one)
		}
	}
	return round, nil
}

// read reads the traces of a round: those of the requests, and whatever else the services did at the same time.
func (p Plan) read(ctx context.Context, round []*sample) error {
	if err := play.Settle(ctx); err != nil {
		return err
	}
	var ids []string
	for _, s := range round {
		ids = append(ids, s.ids...)
	}
	traces, err := play.Read(ctx, p.Jaeger, ids)
	if err != nil {
		return err
	}
	others, err := play.Others(ctx, p.Jaeger, p.Shop, ids, round[0].began)
	if err != nil {
		return err
	}
	for _, s := range round {
		n := len(s.ids)
		s.Own, traces = traces[:n:n], traces[n:]
		s.Others = play.During(others, s.began, s.ended)
	}
	return nil
}

// control is a request that has nothing in common with those that run at the same time.
var control = scenario.Request{Method: "GET", Path: "/orders/3"}

// controlRuns is how often a control is made at the same time as each request. Their median counts.
const controlRuns = 3

// controls holds how long each control took, by what ran at the same time.
type controls map[played][]time.Duration

// played names a variant of a scenario.
type played struct{ scenario, variant string }

// noise is how much slower than another one a request may be without any cause.
const noise = 5 * time.Millisecond

// slowed returns how much longer controls took at the same time as a scenario's slow request than with its baseline, and whether
// that counts: on a busy machine, it must be more than any of the latter took.
func (c controls) slowed(s scenario.Scenario) (by time.Duration, counts bool) {
	slow, baseline := bench.Median(c[played{s.ID, scenario.Slow}]), c[played{s.ID, s.Baseline().Name}]
	by = slow - bench.Median(baseline)
	return by, by > noise && slow > slices.Max(baseline)
}

// playControls plays each slow request and its baseline with a control at the same time, that many times.
func (p Plan) playControls(ctx context.Context, scenarios []scenario.Scenario, runs int, controls controls) error {
	p.Progress("playing with a control at the same time")
	var ids []string
	var alongside []played
	for range runs {
		for _, s := range scenarios {
			if s.Healthy() {
				continue
			}
			for _, v := range s.Variants() {
				_, id, err := p.Shop.PlayWith(ctx, s, v.Request, control)
				if err != nil {
					return fmt.Errorf("%s with a control: %w", v.Name, err)
				}
				ids, alongside = append(ids, id...), append(alongside, played{s.ID, v.Name})
			}
		}
	}
	if err := play.Settle(ctx); err != nil {
		return err
	}
	traces, err := play.Read(ctx, p.Jaeger, ids)
	if err != nil {
		return err
	}
	for i, t := range traces {
		controls[alongside[i]] = append(controls[alongside[i]], scenario.Duration(t))
	}
	return nil
}
