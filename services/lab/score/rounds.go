package score

import (
	"context"
	"fmt"
	"slices"
	"time"

	"spanwise/doctor/trace"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

// rounds plays those scenarios as often as planned, after some ordinary traffic.
func (p Plan) rounds(ctx context.Context, scenarios []scenario.Scenario) (samples []*sample, err error) {
	ordinary, err := p.ordinary(ctx, scenarios)
	if err != nil {
		return nil, err
	}
	for n := range p.Runs {
		p.Progress("playing %d scenarios, run %d of %d", len(scenarios), n+1, p.Runs)
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

// dozen is how many ordinary requests of a kind there are.
const dozen = 12

// ordinary plays every scenario as it is when nothing is wrong, and returns the traces by scenario: what anybody finds in
// Jaeger. What belongs to the circumstances, such as a database far away, is the same as when it is slow. The slow request is
// made too: connections, caches and code that have not been used yet are slower.
func (p Plan) ordinary(ctx context.Context, scenarios []scenario.Scenario) (map[string][]*trace.Trace, error) {
	p.Progress("playing %d scenarios as they are when nothing is wrong", len(scenarios))
	ids := map[string][]string{}
	for _, s := range scenarios {
		if _, err := p.Shop.Play(ctx, s, s.Slow); err != nil {
			return nil, err
		}
		for len(ids[s.ID]) < dozen {
			more, err := p.Shop.Play(ctx, s, s.Usual().Request)
			if err != nil {
				return nil, err
			}
			ids[s.ID] = append(ids[s.ID], more...)
		}
	}
	if err := play.Wait(ctx, delivery); err != nil {
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

// round plays every variant of the scenarios once; twice where nothing is wrong, because a second request finds
// connections and caches as the first has left them.
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

// delivery is how long the last spans of a round take to reach Jaeger, and how long work may go on after its answer.
const delivery = 1500 * time.Millisecond

// read reads the traces of a round: those of the requests, and whatever else the services did meanwhile.
func (p Plan) read(ctx context.Context, round []*sample) error {
	if err := play.Wait(ctx, delivery); err != nil {
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
		s.Others = slices.DeleteFunc(slices.Clone(others), func(t *trace.Trace) bool { return !s.during(t) })
	}
	return nil
}

// during reports whether a trace began while the sample was played.
func (s *sample) during(t *trace.Trace) bool {
	at := t.Spans[0].Start
	return at >= s.began.UnixMicro() && at <= s.ended.UnixMicro()
}
