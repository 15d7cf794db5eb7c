package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"spanwise/internal/problem"
	"spanwise/lab/guide"
	"spanwise/lab/scenario"
	"spanwise/lab/score"
)

// scenarioPage is the data of a scenario's page.
type scenarioPage struct {
	scenario.Scenario
	Requests []request
}

// A request is one of a scenario's requests, as a person makes it.
type request struct {
	Name string // such as slow, fixed or healthy
	Text string // such as GET /orders/50
	Link string // "" if a browser cannot make it
	Curl string
}

func (s *server) scenario(r *http.Request) (view, error) {
	sc, err := find(r)
	if err != nil {
		return view{}, err
	}
	return view{template: "scenario", data: s.describe(sc)}, nil
}

func find(r *http.Request) (scenario.Scenario, error) {
	sc, err := scenario.Find(r.PathValue("id"))
	if err != nil {
		return sc, problem.NotFound("%v", err)
	}
	return sc, nil
}

func (s *server) describe(sc scenario.Scenario) scenarioPage {
	t := scenarioPage{Scenario: sc}
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
	// runs is how often a scenario is played. The run of median duration is shown. The others show the doctor what is usual,
	// if it needs to know.
	runs = 5
	// longest is how long playing a scenario may take.
	longest = 2 * time.Minute
)

// compare plays a scenario and redirects to the page that shows the result.
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
		side := side{Name: t.Variant.Name, Request: t.Variant.Request.String(), Concurrency: sc.Concurrency, Also: t.Variant.Want.AlsoTrue}
		if err := side.draw(t.Case, i); err != nil {
			return view{}, err
		}
		result.Sides = append(result.Sides, side)
	}
	return s.keep(r, result), nil
}

// play plays a scenario when no other one is being played.
func (s *server) play(ctx context.Context, sc scenario.Scenario) (score.Samples, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if err := s.begin(ctx); err != nil {
		return score.Samples{}, err
	}
	defer s.playing.Release(1)
	if err := s.Shop.Ready(ctx); err != nil {
		return score.Samples{}, err
	}
	samples, err := score.Try(ctx, score.Plan{
		Shop: s.Shop, Jaeger: s.Traces, Scenarios: []scenario.Scenario{sc}, Runs: runs,
		Progress: func(string, ...any) {},
		Grow:     func(context.Context, int) error { return nil }, // the page says which size it needs
	})
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("playing it took more than %v; the machine may be busy (.bin/lab run %s has no time limit)", longest, sc.ID)
	}
	return samples, err
}

// begin waits until no other scenario is being played. The caller releases s.playing afterwards.
func (s *server) begin(ctx context.Context) error {
	if s.playing.Acquire(ctx, 1) != nil {
		return problem.Unavailable("another scenario is being played: try again later")
	}
	return nil
}
