package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"spanwise/lab/guide"
	"spanwise/lab/scenario"
	"spanwise/lab/score"
)

// A told scenario is one with what a person needs to try it.
type told struct {
	scenario.Scenario
	Requests []request
}

// A request is one of a scenario's, as a person makes it.
type request struct {
	Name string // such as slow, fixed or healthy
	Text string // such as GET /orders/50
	Link string // "" if a browser cannot follow it
	Curl string
}

func (s *server) scenario(r *http.Request) (view, error) {
	sc, err := find(r)
	if err != nil {
		return view{}, err
	}
	return view{template: "scenario", data: s.tell(sc)}, nil
}

func find(r *http.Request) (scenario.Scenario, error) {
	sc, err := scenario.Find(r.PathValue("id"))
	if err != nil {
		return sc, trouble{http.StatusNotFound, err}
	}
	return sc, nil
}

func (s *server) tell(sc scenario.Scenario) told {
	t := told{Scenario: sc}
	for _, v := range sc.Variants() {
		q := request{Name: v.Name, Text: v.Request.String(), Curl: guide.Curl(sc, v.Request, s.shown)}
		if v.Request.Method == http.MethodGet && sc.Concurrency < 2 && len(sc.Setup) == 0 {
			q.Link = s.shown(v.Request.To()) + v.Request.Path
		}
		t.Requests = append(t.Requests, q)
	}
	return t
}

func (s *server) shown(name string) string { return s.Shown[name] }

const (
	// runs is how often a scenario is played, to show the run in the middle, and so often that the doctor, if it asks for
	// other traces, learns from them what is usual.
	runs = 5
	// longest is what playing a scenario may take.
	longest = 2 * time.Minute
)

// compare plays a scenario and goes to the page that shows what came of it.
func (s *server) compare(r *http.Request) (view, error) {
	sc, err := find(r)
	if err != nil {
		return view{}, err
	}
	samples, err := s.play(r.Context(), sc)
	if err != nil {
		return view{}, err
	}
	result := outcome{Title: sc.Title, Back: "/scenarios/" + sc.ID, ID: sc.ID, Verdict: guide.Outcome(samples.Row), Products: sc.Products}
	for i, t := range samples.Trials {
		side := side{Name: t.Variant.Name, Request: t.Variant.Request.String(), Crowd: sc.Concurrency, Also: t.Variant.Want.AlsoTrue}
		if err := side.draw(t.Case, i); err != nil {
			return view{}, err
		}
		result.Sides = append(result.Sides, side)
	}
	return s.keep(r, result), nil
}

// play plays a scenario when nobody else does.
func (s *server) play(ctx context.Context, sc scenario.Scenario) (score.Samples, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if err := s.alone(ctx); err != nil {
		return score.Samples{}, err
	}
	defer s.next()
	if err := s.Shop.Ready(ctx); err != nil {
		return score.Samples{}, err
	}
	samples, err := score.Try(ctx, score.Plan{
		Shop: s.Shop, Jaeger: s.Traces, Scenarios: []scenario.Scenario{sc}, Runs: runs,
		Progress: func(string, ...any) {},
		Grow:     func(context.Context, int) error { return nil }, // the page says how big a catalogue it needs
	})
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("it took more than %v: the machine is busy (.bin/lab run %s has more patience)", longest, sc.ID)
	}
	return samples, err
}

// alone waits until nobody else plays. The caller calls next when it is done.
func (s *server) alone(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return trouble{http.StatusServiceUnavailable, errors.New("somebody else is playing a scenario: try again when that is over")}
	}
}

func (s *server) next() { <-s.turn }
