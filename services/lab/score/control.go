package score

import (
	"context"
	"fmt"
	"slices"
	"time"

	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

// control is a request that has nothing in common with those that run at the same time.
var control = scenario.Request{Method: "GET", Path: "/orders/3"}

// controlRuns is how often a control is made at the same time as each request. Their median counts.
const controlRuns = 3

// controls holds how long each control took, by the scenario and variant that ran at the same time.
type controls map[string]map[string][]time.Duration

// noise is how much slower than another one a request may be without any cause.
const noise = 5 * time.Millisecond

// slowed returns how much longer controls took at the same time as a scenario's slow request than with its baseline, and whether
// that counts: on a busy machine, it must be more than any of the latter took.
func (c controls) slowed(s scenario.Scenario) (by time.Duration, counts bool) {
	slow, baseline := median(c[s.ID][scenario.Slow]), c[s.ID][s.Baseline().Name]
	by = slow - median(baseline)
	return by, by > noise && slow > slices.Max(baseline)
}

// playControls plays each slow request and its baseline with a control at the same time, that many times.
func (p Plan) playControls(ctx context.Context, scenarios []scenario.Scenario, runs int, controls controls) error {
	p.Progress("playing %d scenarios, each with a control at the same time", len(scenarios))
	type played struct{ id, variant, trace string }
	var all []played
	for range runs {
		for _, s := range scenarios {
			if s.Healthy() {
				continue
			}
			for _, v := range s.Variants() {
				_, ids, err := p.Shop.PlayWith(ctx, s, v.Request, control)
				if err != nil {
					return fmt.Errorf("%s with a control: %w", v.Name, err)
				}
				all = append(all, played{s.ID, v.Name, ids[0]})
			}
		}
	}
	if err := play.Settle(ctx); err != nil {
		return err
	}
	for _, c := range all {
		traces, err := play.Read(ctx, p.Jaeger, []string{c.trace})
		if err != nil {
			return err
		}
		if controls[c.id] == nil {
			controls[c.id] = map[string][]time.Duration{}
		}
		controls[c.id][c.variant] = append(controls[c.id][c.variant], scenario.Duration(traces[0]))
	}
	return nil
}
