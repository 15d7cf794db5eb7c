package page

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"sync"

	"spanwise/doctor/report"
	"spanwise/doctor/trace"
	"spanwise/internal/problem"
	"spanwise/lab/jaeger"
	"spanwise/lab/scenario"
)

// An outcome is the result of playing a scenario or of a custom request.
type outcome struct {
	N        int
	Title    string
	ID       string // of the scenario; "" for a custom request
	Back     string // the page it was started from
	Verdict  string // the diagnosis, the predicted and the measured saving in words
	Products int    // the size of the catalogue that it needs; 0 if any will do
	Sides    []side
	Form     *form  // for the next custom request
	Compare  string // Jaeger's comparison of both traces; "" if it has no web pages
}

// A side is one request with its trace.
type side struct {
	Name        string
	Request     string
	Concurrency int // number of requests at once
	Status      int // of the answer to a custom request, with its Body
	Body        string
	Trace       string
	Link        string // to Jaeger's page of the trace; "" if it has none
	Doctor      string // the command that prints the same diagnosis
	Section     template.HTML
	Took        trace.Micros      // µs
	Share       float64           // of the longest side, in percent
	Also        []scenario.Excuse // findings that are true but not planted
}

// draw adds the doctor's section about a trace. n is the side's index on the page.
func (s *side) draw(c report.Case, n int) error {
	var b bytes.Buffer
	if err := report.Section(&b, c, n); err != nil {
		return err
	}
	s.Trace, s.Section = c.Trace.ID, template.HTML(b.String()) // made by html/template, which escaped it
	s.Took = c.Report.Root.DurationUS
	return nil
}

// pages reports whether this Jaeger has web pages.
func (s *server) pages(r *http.Request) bool { return jaeger.HasUI(r.Context(), s.Jaeger) }

// keep stores an outcome and redirects to its page, which can be reloaded without playing again.
func (s *server) keep(r *http.Request, o outcome) view {
	pages, address := s.pages(r), s.Shown["jaeger"]
	var longest trace.Micros
	for _, side := range o.Sides {
		longest = max(longest, side.Took)
	}
	for i := range o.Sides {
		side := &o.Sides[i]
		side.Share = 100 * float64(side.Took) / float64(max(longest, 1))
		side.Doctor = ".bin/doctor -jaeger " + address + " " + side.Trace
		if pages {
			side.Link = address + "/trace/" + side.Trace
		}
	}
	if pages && len(o.Sides) == 2 {
		o.Compare = address + "/trace/" + o.Sides[0].Trace + "..." + o.Sides[1].Trace
	}
	return view{to: fmt.Sprintf("/results/%d", s.results.add(o))}
}

func (s *server) result(r *http.Request) (view, error) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err == nil {
		if o, ok := s.results.get(n); ok {
			return view{template: "result", data: o}, nil
		}
	}
	return view{}, problem.NotFound("this result is no longer stored: play the scenario again")
}

// maxResults is how many results are stored. Each is about 200 kB of HTML.
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
