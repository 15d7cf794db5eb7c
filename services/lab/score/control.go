package score

import (
	"context"
	"fmt"
	"time"

	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

// control is a request that has nothing to do with what runs beside it.
var control = scenario.Request{Method: "GET", Path: "/orders/3"}

// controls is how often a control is made beside each request. The fastest counts: all else only adds to it.
const controls = 3

// A besides says, by scenario and variant, how long a control beside it took.
type besides map[string]map[string]time.Duration

// slowed is how much longer a control took beside a scenario's slow request than beside its counterpart.
func (b besides) slowed(s scenario.Scenario) time.Duration {
	return b[s.ID][scenario.Slow] - b[s.ID][s.Usual().Name]
}

// controls plays each slow request and its counterpart with a control beside it.
func (p Plan) controls(ctx context.Context, scenarios []scenario.Scenario, beside besides) error {
	p.Progress("playing a control beside each of %d scenarios", len(scenarios))
	type one struct{ id, variant, trace string }
	var all []one
	for range controls {
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
			beside[o.id] = map[string]time.Duration{}
		}
		took := scenario.Duration(traces[0])
		if least, known := beside[o.id][o.variant]; !known || took < least {
			beside[o.id][o.variant] = took
		}
	}
	return nil
}
