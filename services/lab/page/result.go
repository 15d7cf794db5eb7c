package page

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"sync"
	"time"

	"spanwise/doctor/report"
	"spanwise/doctor/trace"
	"spanwise/internal/problem"
	"spanwise/lab/jaeger"
	"spanwise/lab/scenario"
)

// An outcome is the result of playing a scenario or of a custom request.
type outcome struct {
	N       int
	Title   string
	ID      string // of the scenario; "" for a custom request
	Back    string // the page it was started from
	Verdict string // the diagnosis, the predicted and the measured saving in words
	Gain    *gain  // nil if there is nothing to compare
	Sides   []side
	Form    *form  // for the next custom request
	Compare string // Jaeger's comparison of both traces; "" if it has no web pages
}

// A side is one request with its trace.
type side struct {
	Name        string
	Request     string
	Curl        string
	Concurrency int // number of requests at once
	Status      int // of the answer to a custom request, with its Body
	Body        string
	Link        string // to Jaeger's page of the trace; "" if it has none
	Doctor      string // the command that prints the same diagnosis
	Case        report.Case
	Also        []scenario.Excuse // findings that are true but not planted

	trace string // its id, until there is a case
}

// A resultPage is an outcome as it is shown.
type resultPage struct {
	outcome
	Sections []template.HTML // the doctor's, one for each side
	Own      bool            // each side has a time axis of its own
}

// pages reports whether this Jaeger has web pages. Once it has them, it is not asked again, and it is not waited for long.
func (s *server) pages(r *http.Request) bool {
	if s.hasPages.Load() {
		return true
	}
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	has := jaeger.HasUI(ctx, s.Jaeger)
	s.hasPages.Store(has)
	return has
}

// keep stores an outcome and redirects to its page, which can be reloaded without playing again.
func (s *server) keep(r *http.Request, o outcome) view {
	pages, address := s.pages(r), s.Shown["jaeger"]
	for i := range o.Sides {
		side := &o.Sides[i]
		id := side.Case.Trace.ID
		side.Doctor = ".bin/doctor -jaeger " + address + " " + id
		if pages {
			side.Link = address + "/trace/" + id
		}
	}
	if pages && len(o.Sides) == 2 {
		o.Compare = address + "/trace/" + o.Sides[0].Case.Trace.ID + "..." + o.Sides[1].Case.Trace.ID
	}
	return view{to: fmt.Sprintf("/results/%d", s.results.add(o))}
}

// result shows a stored outcome. All sides have the same time axis, so that the gain is seen, unless ?axis=own asks for the details.
func (s *server) result(r *http.Request) (view, error) {
	n, err := strconv.Atoi(r.PathValue("n"))
	o, ok := s.results.get(n)
	if err != nil || !ok {
		return view{}, problem.NotFound("this result is no longer stored: play the scenario again")
	}
	p := resultPage{outcome: o, Own: r.FormValue("axis") == "own"}
	var axis trace.Micros
	for _, side := range o.Sides {
		if !p.Own {
			axis = max(axis, report.Extent(side.Case.Trace))
		}
	}
	for i, side := range o.Sides {
		var b bytes.Buffer
		if err := report.Section(&b, side.Case, report.Frame{N: i, Axis: axis, Hue: hue, Rule: "/explain/"}); err != nil {
			return view{}, err
		}
		p.Sections = append(p.Sections, template.HTML(b.String())) // made by html/template, which escaped it
	}
	return view{template: "result", data: p}, nil
}

// maxResults is how many results are stored, with their traces.
const maxResults = 20

// results stores the latest outcomes by number. The zero value is empty and ready to use.
type results struct {
	mu   sync.Mutex
	made int
	last map[int]outcome
}

func (r *results) add(o outcome) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last == nil {
		r.last = make(map[int]outcome)
	}
	r.made++
	o.N = r.made
	r.last[o.N] = o
	delete(r.last, o.N-maxResults)
	return o.N
}

func (r *results) get(n int) (outcome, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o, ok := r.last[n]
	return o, ok
}
