package page

import (
	"net/http"

	"spanwise/lab/scenario"
	"spanwise/lab/status"
	"spanwise/lab/story"
)

// first is the scenario that the first page offers to play.
const first = "n-plus-one-http"

// home is the data of the first page.
type home struct {
	First   scenario.Scenario
	Query   string
	Found   int // scenarios that match it
	Groups  []group
	Flow    flow
	Lessons []story.Lesson
	Jaeger  string // its address; "" if it has no web pages

	Waiting []status.Part // what is not ready
}

func (s *server) home(r *http.Request) (view, error) {
	start, err := scenario.Find(first)
	if err != nil {
		return view{}, err
	}
	h := home{First: start, Query: r.FormValue("q"), Flow: s.now(r), Lessons: story.Lessons, Waiting: s.missing(r)}
	h.Groups = catalogue(h.Query)
	for _, g := range h.Groups {
		h.Found += g.Matches
	}
	if s.pages(r) {
		h.Jaeger = s.Shown["jaeger"]
	}
	return view{template: "home", data: h}, nil
}

// showFlow is the map alone, for the page's script.
func (s *server) showFlow(r *http.Request) (view, error) {
	return view{template: "flow", data: s.now(r)}, nil
}

// now returns the map. It reads nothing while a scenario is played.
func (s *server) now(r *http.Request) flow {
	quiet := !s.playing.TryAcquire(1)
	if !quiet {
		s.playing.Release(1)
	}
	return s.flow.now(r.Context(), s.Site, quiet)
}
