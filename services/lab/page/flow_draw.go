package page

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"spanwise/doctor/trace"
)

// A flow is the map of the services with their traffic.
type flow struct {
	Traces   int
	Since    string // such as 5 minutes
	Reading  bool   // Jaeger has not answered yet
	Partial  bool   // there was more traffic than is read
	Error    string
	Drawings []drawing // for wide and for narrow windows
	Hops     []hopRow  // the same as a table
	Others   []string  // services that the map does not have
}

// A hopRow is a call in words.
type hopRow struct{ From, To, Rate, Took, Failed string }

// A drawing is the map as an SVG.
type drawing struct {
	Class         string
	Width, Height int
	Nodes         []node
	Arrows        []arrow
}

// A node is one part of the system; X and Y are its middle.
type node struct {
	X, Y, Width   int
	Name, Service string // Service is "" outside
	Colour        string // classes
}

// Left and Top are the corner of the node's box.
func (n node) Left() int { return n.X - n.Width/2 }
func (n node) Top() int  { return n.Y - nodeHeight/2 }

const nodeHeight = 34

// An arrow is a call from one part to another.
type arrow struct {
	Path   string
	X, Y   int // of the label
	Anchor string
	Label  []string // its lines; none if there was no call
	Failed string   // the last line
	Weight float64
	Colour string
}

// draw makes the map. The caller holds f.mu.
func (f *flowReader) draw() flow {
	sum := map[hop]*tally{}
	if !f.asked.IsZero() {
		sum = f.sum()
	}
	v := flow{Traces: len(f.seen), Error: f.whatFailed(), Reading: f.asked.IsZero()}
	window := f.asked.Sub(f.covered)
	v.Partial = !v.Reading && window < flowWindow-time.Second
	v.Since = "5 minutes"
	if v.Partial {
		v.Since = window.Round(time.Second).String()
	}
	minutes := max(window.Minutes(), 1.0/60)
	rows := map[hop]hopRow{}
	for h, t := range sum {
		rows[h] = t.row(h, minutes)
		for _, part := range []string{h.from, h.to} {
			service, _, _ := strings.Cut(part, " ")
			if service != outside && !slices.Contains(services, service) && !slices.Contains(v.Others, service) {
				v.Others = append(v.Others, service)
			}
		}
		v.Hops = append(v.Hops, rows[h])
	}
	slices.Sort(v.Others)
	slices.SortFunc(v.Hops, func(a, b hopRow) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	for _, plan := range plans {
		d := drawing{Class: plan.class, Width: plan.width, Height: plan.height}
		for _, n := range plan.nodes {
			n.Colour = colourOf(n.Service, n.Name != n.Service)
			d.Nodes = append(d.Nodes, n)
		}
		for _, l := range plan.links {
			a := arrow{Path: fmt.Sprintf("M%d %dL%d %d", l.x1, l.y1, l.x2, l.y2), X: l.x, Y: l.y, Anchor: l.anchor, Weight: 1.5}
			a.Colour = colourOf(l.from, false)
			if t := sum[hop{l.from, l.to}]; t != nil {
				row := rows[hop{l.from, l.to}]
				a.Label, a.Failed = []string{row.Rate + " · " + row.Took}, row.Failed
				if plan.narrow && l.y1 != l.y2 {
					a.Label = []string{row.Rate, row.Took}
				}
				a.Weight = min(1.5+math.Log2(float64(t.calls))/3, 5)
			}
			d.Arrows = append(d.Arrows, a)
		}
		v.Drawings = append(v.Drawings, d)
	}
	return v
}

func colourOf(service string, database bool) string {
	switch {
	case service == outside:
		return "outside"
	case database:
		return fmt.Sprintf("h%d db", hue(service))
	}
	return fmt.Sprintf("h%d", hue(service))
}

func (t *tally) row(h hop, minutes float64) hopRow {
	r := hopRow{From: cmp.Or(h.from, "outside"), To: h.to, Rate: rate(float64(t.calls) / minutes), Took: median(t.took).String()}
	if t.failed > 0 {
		r.Failed = fmt.Sprintf("%d failed", t.failed)
	}
	return r
}

func rate(perMinute float64) string {
	switch {
	case perMinute >= 600:
		return fmt.Sprintf("%.0f/s", perMinute/60)
	case perMinute >= 10:
		return fmt.Sprintf("%.0f/min", perMinute)
	}
	return fmt.Sprintf("%.1f/min", perMinute)
}

func median(times []trace.Micros) trace.Micros {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return times[len(times)/2]
}
