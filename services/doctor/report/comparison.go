package report

import (
	"cmp"
	"math"
	"slices"

	"spanwise/doctor"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// A Side is one of the two that [Compare] compares: one trace or many.
type Side struct {
	Name  string
	Cases []Case
}

// A Comparison lists the differences between two sides. All numbers are per trace, so that sides of different sizes compare.
type Comparison struct {
	A           Summary      `json:"a"`
	B           Summary      `json:"b"`
	Differences []Difference `json:"differences"` // services, then edges, then operations; in each the largest first
}

// A Summary is one side as a whole.
type Summary struct {
	Name       string       `json:"name"`
	Traces     int          `json:"traces"`
	DurationUS trace.Micros `json:"duration_us"` // of the roots, on average
}

// A Difference is one service, edge or operation on both sides.
type Difference struct {
	What      Part   `json:"what"`
	Service   string `json:"service"`
	Operation string `json:"operation"` // empty for services and edges
	Callee    string `json:"callee"`    // of an edge
	A         Stats  `json:"a"`
	B         Stats  `json:"b"`
}

// A Part is what a difference is about.
type Part string

// The parts of a trace that are compared.
const (
	Service   Part = "service"   // entries into it, the time they took, the critical path spent in it
	Edge      Part = "edge"      // calls over it, the time the callers waited, the critical path that no callee accounts for
	Operation Part = "operation" // its spans, their time, the critical path spent in them, waiting for a callee included
)

var partOrder = []Part{Service, Edge, Operation}

// Stats are how often a part occurs and how long it takes, per trace.
type Stats struct {
	Count             float64      `json:"count"`
	DurationUS        trace.Micros `json:"duration_us"`
	CriticalPathUS    trace.Micros `json:"critical_path_us"`
	CriticalPathShare float64      `json:"critical_path_share"`
}

// Compare compares all parts of both sides, the largest difference on the critical path first.
func Compare(a, b Side) Comparison {
	parts := map[Difference]*Difference{} // by what they are, without stats
	get := func(part Difference) *Difference {
		if parts[part] == nil {
			d := part
			parts[part] = &d
		}
		return parts[part]
	}
	addUp(a, func(part Difference) *Stats { return &get(part).A })
	addUp(b, func(part Difference) *Stats { return &get(part).B })
	c := Comparison{A: summarize(a), B: summarize(b), Differences: []Difference{}}
	for _, d := range parts {
		d.A, d.B = d.A.perTrace(a), d.B.perTrace(b)
		c.Differences = append(c.Differences, *d)
	}
	slices.SortFunc(c.Differences, func(x, y Difference) int {
		return cmp.Or(
			cmp.Compare(slices.Index(partOrder, x.What), slices.Index(partOrder, y.What)),
			cmp.Compare(abs(y.pathChange()), abs(x.pathChange())),
			cmp.Compare(abs(y.B.DurationUS-y.A.DurationUS), abs(x.B.DurationUS-x.A.DurationUS)),
			cmp.Compare(math.Abs(y.B.Count-y.A.Count), math.Abs(x.B.Count-x.A.Count)),
			cmp.Compare(x.Service, y.Service), cmp.Compare(x.Operation, y.Operation), cmp.Compare(x.Callee, y.Callee))
	})
	return c
}

// pathChange is how many µs more of the critical path the part has on side B.
func (d Difference) pathChange() trace.Micros { return d.B.CriticalPathUS - d.A.CriticalPathUS }

func abs(n trace.Micros) trace.Micros { return max(n, -n) }

func summarize(s Side) Summary {
	total := whole(s.Cases)
	return Summary{s.Name, len(s.Cases), total / trace.Micros(max(len(s.Cases), 1))}
}

// perTrace turns sums over a side into averages.
func (s Stats) perTrace(side Side) Stats {
	total := whole(side.Cases)
	n := trace.Micros(max(len(side.Cases), 1))
	return Stats{math.Round(s.Count/float64(n)*100) / 100, s.DurationUS / n, s.CriticalPathUS / n, ratio(s.CriticalPathUS, total)}
}

// addUp adds how often each part occurs in the traces of a side, how long it takes, and its segments of the critical path:
// services and edges together make up all of the path, and so do operations.
func addUp(side Side, of func(part Difference) *Stats) {
	for _, c := range side.Cases {
		for _, s := range c.Trace.Spans {
			of(operation(s)).add(s.Duration)
			if s.Parent == nil || s.Parent.Service != s.Service {
				of(serviceOrEdge(s.Service, "")).add(s.Duration)
			}
			if callee := s.Callee(); callee != "" {
				of(serviceOrEdge(s.Service, callee)).add(s.Duration)
			}
		}
		root := doctor.Headline(c.Trace)
		if root == nil {
			continue
		}
		for _, seg := range path.Critical(c.Trace, root) {
			of(operation(seg.Span)).CriticalPathUS += seg.Duration()
			of(serviceOrEdge(seg.Span.Service, seg.Callee())).CriticalPathUS += seg.Duration()
		}
	}
}

func (s *Stats) add(us trace.Micros) {
	s.Count++
	s.DurationUS += us
}

func operation(s *trace.Span) Difference {
	return Difference{What: Operation, Service: s.Service, Operation: s.Name}
}

func serviceOrEdge(service, callee string) Difference {
	if callee == "" {
		return Difference{What: Service, Service: service}
	}
	return Difference{What: Edge, Service: service, Callee: callee}
}

// whole is the total of the roots' durations.
func whole(cases []Case) (total trace.Micros) {
	for _, c := range cases {
		total += c.Report.Root.DurationUS
	}
	return total
}
