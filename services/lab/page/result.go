package page

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"sync"

	"spanwise/doctor/report"
	"spanwise/lab/jaeger"
	"spanwise/lab/scenario"
)

// An outcome is what playing something gave.
type outcome struct {
	N        int
	Title    string
	ID       string // of the scenario; "" for a request of a person's own
	Back     string // where it was started
	Verdict  string // prediction and measurement in words
	Products int    // how big a catalogue it needs; 0 if any will do
	Sides    []side
	Form     *form  // to go on with, for a request of a person's own
	Compare  string // both in Jaeger's own comparison; "" if it has no pages
}

// A side is one request with its trace.
type side struct {
	Name    string
	Request string
	Crowd   int // how many ran at once
	Status  int // of the answer, if it is worth telling
	Said    string
	Trace   string
	Link    string // to Jaeger's page; "" if it has none
	Doctor  string // the command that shows the same
	Section template.HTML
	Took    int64             // µs
	Share   float64           // of the longest side, in percent
	Also    []scenario.Excuse // what is true of it beside what the scenario is about
}

// draw fills in the doctor's picture of a trace. n tells the sides of one page apart.
func (s *side) draw(c report.Case, n int) error {
	var b bytes.Buffer
	if err := report.Section(&b, c, n); err != nil {
		return err
	}
	s.Trace, s.Section = c.Trace.ID, template.HTML(b.String()) // made by html/template, which escaped it
	s.Took = c.Report.Root.DurationUS
	return nil
}

// pages reports whether Jaeger has pages for people.
func (s *server) pages(r *http.Request) bool { return jaeger.HasUI(r.Context(), s.Jaeger) }

// keep remembers an outcome and returns the way to its page, which can be loaded again without playing again.
func (s *server) keep(r *http.Request, o outcome) view {
	pages, address := s.pages(r), s.Shown["jaeger"]
	var longest int64
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
	return view{}, trouble{http.StatusNotFound, errors.New("this result is not kept any more: play it again")}
}

// most is how many results are kept. One is some 200 kB of HTML.
const most = 20

// results are the last that were made, by their number. The zero value holds none.
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
	delete(r.last, o.N-most)
	return o.N
}

func (r *results) get(n int) (outcome, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o, ok := r.last[n]
	return o, ok
}
