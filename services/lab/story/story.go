// Package story tells slowdowns that have more than one cure as a series of steps, each with what it brings, measured
// on one system in one run. Begin with [Find], then [Story.Tell].
package story

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"spanwise/doctor"
	"spanwise/lab/jaeger"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

// A Story is a series of attempts at making one thing fast.
type Story struct {
	ID, Title string
	Products  int // how big the catalogue has to be
	Steps     []Step
}

// A Step is one attempt.
type Step struct {
	Title   string
	Thought string // why one does it, and what comes of it
	Request scenario.Request
	AtLeast float64 // how many times faster than the worst step it has to be; 0 if nothing is promised
}

// A Result is what a step brought: the run that took the median time.
type Result struct {
	Step       Step
	DurationUS int64
	Faster     float64 // how many times faster than the worst step up to here
	Report     doctor.Report
}

var stories = []Story{millionRows}

// All lists the stories.
func All() []Story { return slices.Clone(stories) }

// Find returns the story of that id, or an error that names all there are.
func Find(id string) (Story, error) {
	var ids []string
	for _, s := range stories {
		if s.ID == id {
			return s, nil
		}
		ids = append(ids, s.ID)
	}
	return Story{}, fmt.Errorf("no story %q; there is %s", id, strings.Join(ids, ", "))
}

// Check returns an error that says what to do if the shop's catalogue is smaller than the story needs.
func (s Story) Check(ctx context.Context, shop play.Client) error {
	last := scenario.Request{Service: "pricing", Method: http.MethodGet, Path: fmt.Sprintf("/prices/sku-%d", s.Products)}
	if _, err := shop.Play(ctx, scenario.Scenario{ID: "the last product"}, last); err != nil {
		return fmt.Errorf("this story needs a catalogue of %d products, and 3 GB of memory for pricing to hold it: make it with "+
			"lab seed -products %d (in containers see deploy/million-rows.yaml), or tell it with -scratch: %w", s.Products, s.Products, err)
	}
	return nil
}

// Tell plays the steps in order, each that many times after a first time that is not counted, for it fills caches. told is
// called with every result.
func (s Story) Tell(ctx context.Context, shop play.Client, traces *jaeger.Reader, runs int, told func(Result) error) error {
	var worst int64
	for _, step := range s.Steps {
		one := scenario.Scenario{ID: step.Title}
		var ids []string
		for n := range runs + 1 {
			id, err := shop.Play(ctx, one, step.Request)
			if err != nil {
				return err
			}
			if n > 0 {
				ids = append(ids, id...)
			}
		}
		list, err := play.Read(ctx, traces, ids)
		if err != nil {
			return err
		}
		results := make([]Result, len(list))
		for i, t := range list {
			r := doctor.Diagnose(t)
			results[i] = Result{Step: step, DurationUS: r.Root.DurationUS, Report: r}
		}
		slices.SortFunc(results, func(a, b Result) int { return int(a.DurationUS - b.DurationUS) })
		middle := results[len(results)/2]
		worst = max(worst, middle.DurationUS)
		middle.Faster = float64(worst) / float64(max(middle.DurationUS, 1))
		if err := told(middle); err != nil {
			return err
		}
	}
	return nil
}
