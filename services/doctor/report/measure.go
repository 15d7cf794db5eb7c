package report

import (
	"cmp"
	"math"
	"slices"

	"spanwise/doctor"
	"spanwise/doctor/path"
)

// A Side is what [Compare] sets against another: one trace or many.
type Side struct {
	Name  string
	Cases []Case
}

// A Comparison is what differs between two sides. All figures are per trace, so that sides of different size compare.
type Comparison struct {
	A           Summary      `json:"a"`
	B           Summary      `json:"b"`
	Differences []Difference `json:"differences"` // services, then edges, then operations; in each the biggest first
}

// A Summary is one side as a whole.
type Summary struct {
	Name       string `json:"name"`
	Traces     int    `json:"traces"`
	DurationUS int64  `json:"duration_us"` // of the roots, on average
}

// A Difference is one service, edge or operation on both sides.
type Difference struct {
	What      Part    `json:"what"`
	Service   string  `json:"service"`
	Operation string  `json:"operation"` // empty for services and edges
	Callee    string  `json:"callee"`    // of an edge
	A         Measure `json:"a"`
	B         Measure `json:"b"`
}

// A Part is what a difference is about.
type Part string

// The parts of a trace that are compared.
const (
	Service   Part = "service"   // entries into it, the time they took, the path spent in it
	Edge      Part = "edge"      // calls over it, the time the callers waited, the path that no callee accounts for
	Operation Part = "operation" // spans, their time, the path spent in themselves, waiting for a callee included
)

// A Measure is how often and how long, per trace.
type Measure struct {
	Count             float64 `json:"count"`
	DurationUS        int64   `json:"duration_us"`
	CriticalPathUS    int64   `json:"critical_path_us"`
	CriticalPathShare float64 `json:"critical_path_share"`
}

type place struct {
	what                       Part
	service, operation, callee string
}

// Compare measures both sides, the biggest difference on the critical path first.
func Compare(a, b Side) Comparison {
	inA, inB := measure(a), measure(b)
	c := Comparison{A: summarize(a), B: summarize(b), Differences: []Difference{}}
	for p := range inA {
		c.Differences = append(c.Differences, Difference{p.what, p.service, p.operation, p.callee, inA[p], inB[p]})
	}
	for p := range inB {
		if _, both := inA[p]; !both {
			c.Differences = append(c.Differences, Difference{p.what, p.service, p.operation, p.callee, Measure{}, inB[p]})
		}
	}
	slices.SortFunc(c.Differences, func(x, y Difference) int {
		return cmp.Or(
			cmp.Compare(slices.Index(parts, x.What), slices.Index(parts, y.What)),
			cmp.Compare(abs(y.pathUS()), abs(x.pathUS())),
			cmp.Compare(abs(y.B.DurationUS-y.A.DurationUS), abs(x.B.DurationUS-x.A.DurationUS)),
			cmp.Compare(math.Abs(y.B.Count-y.A.Count), math.Abs(x.B.Count-x.A.Count)),
			cmp.Compare(x.Service, y.Service), cmp.Compare(x.Operation, y.Operation), cmp.Compare(x.Callee, y.Callee))
	})
	return c
}

var parts = []Part{Service, Edge, Operation}

// pathUS is by how much more of the critical path, in µs, the part has on side B.
func (d Difference) pathUS() int64 { return d.B.CriticalPathUS - d.A.CriticalPathUS }

func abs(n int64) int64 { return max(n, -n) }

func summarize(s Side) Summary {
	total, _, _ := spread(s.Cases)
	return Summary{s.Name, len(s.Cases), total / int64(max(len(s.Cases), 1))}
}

// measure adds up each part over all traces of a side, and divides by their number.
func measure(s Side) map[place]Measure {
	sums := map[place]*Measure{}
	at := func(p place) *Measure {
		if sums[p] == nil {
			sums[p] = &Measure{}
		}
		return sums[p]
	}
	for _, c := range s.Cases {
		count(c, at)
		charge(c, at)
	}
	total, _, _ := spread(s.Cases)
	n := int64(max(len(s.Cases), 1))
	result := map[place]Measure{}
	for p, m := range sums {
		result[p] = Measure{math.Round(m.Count/float64(n)*100) / 100, m.DurationUS / n, m.CriticalPathUS / n, share(m.CriticalPathUS, total)}
	}
	return result
}

// count adds how often each part occurs in a trace, and how long it takes.
func count(c Case, at func(place) *Measure) {
	add := func(p place, us int64) {
		m := at(p)
		m.Count++
		m.DurationUS += us
	}
	for _, s := range c.Trace.Spans {
		add(place{Operation, s.Service, s.Name, ""}, s.Duration)
		if s.Parent == nil || s.Parent.Service != s.Service {
			add(place{Service, s.Service, "", ""}, s.Duration)
		}
		if callee := s.Callee(); callee != "" {
			add(place{Edge, s.Service, "", callee}, s.Duration)
		}
	}
}

// charge adds each part's stretches of the critical path: services and edges together make up all of it, and so do
// operations.
func charge(c Case, at func(place) *Measure) {
	root := doctor.Headline(c.Trace)
	if root == nil {
		return
	}
	for _, seg := range path.Critical(c.Trace, root) {
		s := seg.Span
		at(place{Operation, s.Service, s.Name, ""}).CriticalPathUS += seg.Duration()
		if seg.Callee() != "" {
			at(place{Edge, s.Service, "", seg.Callee()}).CriticalPathUS += seg.Duration()
		} else {
			at(place{Service, s.Service, "", ""}).CriticalPathUS += seg.Duration()
		}
	}
}
