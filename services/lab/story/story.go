// Package story walks through successive fixes for one slow endpoint and measures each on the same system. Call [Find], then
// [Story.Play].
package story

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	"spanwise/doctor"
	"spanwise/doctor/trace"
	"spanwise/lab/jaeger"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

// A Story is a series of attempts to make one endpoint fast.
type Story struct {
	ID, Title string
	Products  int // the size of the catalogue that it needs
	Steps     []Step
}

// A Step is one attempt.
type Step struct {
	Title   string
	Request scenario.Request
	AtLeast float64 // how many times faster than the first step it must be; 0 if nothing is promised
}

// A Result is the run of a step that had the median duration.
type Result struct {
	Step       Step
	DurationUS trace.Micros
	Faster     float64 // how many times faster than the first step; less than 1 if slower
	Report     doctor.Report
}

// rows requests products from pricing.
func rows(query string) scenario.Request {
	return scenario.Request{Service: "pricing", Method: "GET", Path: "/products?" + query}
}

var millionRows = Story{
	ID:       "million-rows",
	Title:    "The page with a million rows",
	Products: 1_000_000,
	Steps: []Step{
		// The list has no limit. It was written when there were fifty products.
		{Title: "all rows", Request: rows("page=all")},
		// The query reads only what the list shows. There are fewer bytes, but as many rows.
		{Title: "fewer columns", Request: rows("page=all&columns=few")},
		// The database is idle. But the cached list is decoded and then encoded again, which was most of the work in the
		// first place.
		{Title: "everything in a cache", Request: rows("page=all&list=json")},
		// Both changes together.
		{Title: "fewer columns in the cache", Request: rows("page=all&columns=few&list=json")},
		// The cache holds a binary form that needs almost no parsing. The answer is still encoded each time.
		{Title: "a faster encoding", Request: rows("page=all&columns=few&list=binary")},
		// The cache holds the compressed answer, ready to send, so nothing is computed. But it sends many megabytes that
		// no one will read, and its prices are as old as the cache.
		{Title: "the finished answer in the cache", Request: rows("page=all&columns=few&list=answer"), AtLeast: 130},
		// Twenty rows, found by the primary key. Nothing is cached or stale, and it stays this fast as the catalogue
		// grows.
		{Title: "a page", Request: rows("limit=20"), AtLeast: 1000},
		// Users find a product by an index instead of scrolling.
		{Title: "a search by its index", Request: rows("name=oak+vase+no.+90"), AtLeast: 1000},
	},
}

// All lists the stories.
var All = []Story{millionRows}

// Sampling is the name of the story about sampling, which is told by [System.Sample].
const Sampling = "sampling"

// Find returns the story with that id, or an error that lists the stories.
func Find(id string) (Story, error) {
	ids := []string{Sampling}
	for _, s := range All {
		if s.ID == id {
			return s, nil
		}
		ids = append(ids, s.ID)
	}
	return Story{}, fmt.Errorf("no story %q (want %s)", id, strings.Join(ids, ", "))
}

// Check returns an error that says what to do if the catalogue is too small for the story.
func (s Story) Check(ctx context.Context, shop play.Client) error {
	last := scenario.Request{Service: "pricing", Method: http.MethodGet, Path: fmt.Sprintf("/prices/sku-%d", s.Products)}
	if _, err := shop.Do(ctx, last); err != nil {
		return fmt.Errorf("this story needs a catalogue of %d products, and 3 GB of memory for pricing: run lab seed -products %d "+
			"(in containers see deploy/million-rows.yaml), or use -scratch: %w", s.Products, s.Products, err)
	}
	return nil
}

// Play plays the steps in order, each that many times after one run that does not count because it fills caches. It calls
// report with each result.
func (s Story) Play(ctx context.Context, shop play.Client, traces *jaeger.Reader, runs int, report func(Result) error) error {
	var first trace.Micros
	for _, step := range s.Steps {
		alone := scenario.Scenario{ID: step.Title}
		if _, err := shop.Play(ctx, alone, step.Request); err != nil {
			return err
		}
		t, err := shop.Median(ctx, traces, alone, step.Request, runs)
		if err != nil {
			return err
		}
		r := doctor.Diagnose(t)
		took := r.Root.DurationUS
		first = cmp.Or(first, took)
		if err := report(Result{step, took, float64(first) / float64(max(took, 1)), r}); err != nil {
			return err
		}
	}
	return nil
}
