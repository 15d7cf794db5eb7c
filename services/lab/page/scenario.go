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
	Lacking  bool // the catalogue of products is too small
	Grows    bool // in that case, whether the page can make the products
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
	t := s.describe(sc)
	if sc.Products > 0 {
		enough, err := s.has(r.Context(), sc.Products)
		t.Lacking, t.Grows = err == nil && !enough, s.Grow != nil
	}
	return view{template: "scenario", data: t}, nil
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
		t.Requests = append(t.Requests, s.request(sc, v))
	}
	return t
}

func (s *server) request(sc scenario.Scenario, v scenario.Variant) request {
	q := request{Name: v.Name, Text: v.Request.String(), Curl: guide.Curl(sc, v.Request, s.shown)}
	if v.Request.Method == http.MethodGet && sc.Concurrency < 2 && len(sc.Setup) == 0 {
		q.Link = s.shown(v.Request.To()) + v.Request.Path
	}
	return q
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
func (s *server) compare(r *http.Request, tell func(news)) (view, error) {
	sc, err := find(r)
	if err != nil {
		return view{}, err
	}
	samples, err := s.play(r.Context(), sc, tell)
	if err != nil {
		return view{}, err
	}
	result := outcome{Title: sc.Title, Back: "/scenarios/" + sc.ID, ID: sc.ID, Verdict: guide.Outcome(samples.Row)}
	if result.Gain = newGain(samples.Row); result.Gain != nil {
		result.Verdict = guide.Verdict(samples.Row) // the rest is in the gain
	}
	for _, t := range samples.Trials {
		q := s.request(sc, t.Variant)
		result.Sides = append(result.Sides, side{Name: q.Name, Request: q.Text, Curl: q.Curl, Concurrency: sc.Concurrency,
			Also: t.Variant.Want.AlsoTrue, Case: t.Case})
	}
	return s.keep(r, result), nil
}

// play plays a scenario when no other one is being played.
func (s *server) play(ctx context.Context, sc scenario.Scenario, tell func(news)) (score.Samples, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if err := s.begin(ctx, tell); err != nil {
		return score.Samples{}, err
	}
	defer s.playing.Release(1)
	if err := s.ready(ctx, sc); err != nil {
		return score.Samples{}, err
	}
	steps := 0
	samples, err := score.Try(ctx, score.Plan{
		Shop: s.Shop, Jaeger: s.Traces, Scenarios: []scenario.Scenario{sc}, Runs: runs,
		Progress: func(format string, args ...any) {
			tell(news{Text: fmt.Sprintf(format, args...), Done: steps, Of: runs + 2})
			steps++
		},
		Grow: func(context.Context, int) error { return nil }, // ready has seen that it is big enough
	})
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("playing it took more than %v; the machine may be busy (.bin/lab run %s has no time limit)", longest, sc.ID)
	}
	return samples, err
}

// ready returns an error that says what to do if a scenario cannot be played now.
func (s *server) ready(ctx context.Context, sc scenario.Scenario) error {
	if err := s.Shop.Ready(ctx); err != nil {
		return err
	}
	if err := s.Traces.Ready(ctx); err != nil {
		return err
	}
	if sc.Products == 0 {
		return nil
	}
	enough, err := s.has(ctx, sc.Products)
	if err != nil {
		return err
	}
	if !enough {
		return problem.Conflict("this shows only in a catalogue of %d products, and this one is smaller: make it on the scenario's page, "+
			"or run .bin/lab seed -products %d", sc.Products, sc.Products)
	}
	return nil
}

// begin waits until no other scenario is being played. The caller releases s.playing afterwards.
func (s *server) begin(ctx context.Context, tell func(news)) error {
	if s.playing.TryAcquire(1) {
		return nil
	}
	tell(news{Text: "waiting, because another scenario is being played"})
	if s.playing.Acquire(ctx, 1) != nil {
		return problem.Unavailable("another scenario is being played: try again later")
	}
	return nil
}
