package score

import (
	"context"
	"fmt"
	"slices"
	"time"

	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

// control is a request that has nothing to do with what runs beside it.
var control = scenario.Request{Method: "GET", Path: "/orders/3"}

// controls is how often a control is made beside each request. Their median counts.
const controls = 3

// A besides says, by scenario and variant, how long each control beside it took.
type besides map[string]map[string][]time.Duration

// anyway is by how much a request may be slower than another with nothing to blame for it.
const anyway = 5 * time.Millisecond

// slowed is how much longer controls took beside a scenario's slow request than beside its counterpart, and whether that
// counts: where a machine has much else to do, it has to be more than any of the latter took.
func (b besides) slowed(s scenario.Scenario) (by time.Duration, felt bool) {
	slow, usual := median(b[s.ID][scenario.Slow]), b[s.ID][s.Usual().Name]
	by = slow - median(usual)
	return by, by > anyway && slow > slices.Max(usual)
}

// controls plays each slow request and its counterpart with a control beside it, that many times.
func (p Plan) controls(ctx context.Context, scenarios []scenario.Scenario, times int, beside besides) error {
	p.Progress("playing a control beside each of %d scenarios", len(scenarios))
	type one struct{ id, variant, trace string }
	var all []one
	for range times {
		for _, s := range scenarios {
			if s.Healthy() {
				continue
			}
			for _, v := range s.Variants() {
				_, ids, err := p.Shop.PlayBeside(ctx, s, v.Request, control)
				if err != nil {
					return fmt.Errorf("%s with a control beside it: %w", v.Name, err)
				}
				all = append(all, one{s.ID, v.Name, ids[0]})
			}
		}
	}
	if err := play.Wait(ctx, delivery); err != nil {
		return err
	}
	for _, o := range all {
		traces, err := play.Read(ctx, p.Jaeger, []string{o.trace})
		if err != nil {
			return err
		}
		if beside[o.id] == nil {
			beside[o.id] = map[string][]time.Duration{}
		}
		beside[o.id][o.variant] = append(beside[o.id][o.variant], scenario.Duration(traces[0]))
	}
	return nil
}
