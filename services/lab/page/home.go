package page

import (
	"net/http"

	"spanwise/lab/scenario"
	"spanwise/lab/status"
	"spanwise/lab/story"
)

// home is the data of the first page.
type home struct {
	Slow, Near, Healthy []scenario.Scenario
	Jaeger              string // its address; "" if it has no web pages
	Lessons             []story.Lesson
	Waiting             []status.Part
}

func (s *server) home(r *http.Request) (view, error) {
	h := home{Lessons: story.Lessons, Waiting: s.missing(r)}
	for _, sc := range scenario.All() {
		switch {
		case sc.Resembles != "":
			h.Near = append(h.Near, sc)
		case sc.Healthy():
			h.Healthy = append(h.Healthy, sc)
		default:
			h.Slow = append(h.Slow, sc)
		}
	}
	if s.pages(r) {
		h.Jaeger = s.Shown["jaeger"]
	}
	return view{template: "home", data: h}, nil
}
