package read

import (
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// A gather collects spans by trace, in whatever pieces and order they come.
type gather struct {
	drafts  map[string]*draft
	order   []*draft
	notes   tally             // about the input as a whole, so they go to every trace
	remarks []string          // the same, without a number
	same    map[string]string // one copy of each string that spans share
	cutAt   int64             // the byte at which the input ended in the middle of something; 0 if it did not
}

// A draft is a trace that may still grow.
type draft struct {
	id      string
	spans   []*trace.Span
	untimed []*trace.Span
	notes   tally
	remarks []string
}

func newGather() *gather {
	return &gather{drafts: map[string]*draft{}, notes: tally{}, same: map[string]string{}}
}

func (g *gather) note(what string) { g.notes[what]++ }

// draft returns the trace with that id, new or begun.
func (g *gather) draft(id string) *draft {
	d := g.drafts[id]
	if d == nil {
		d = &draft{id: id, notes: tally{}}
		g.drafts[id] = d
		g.order = append(g.order, d)
	}
	return d
}

// A pending span is one that its reader has not placed yet.
type pending struct {
	traceID, process string
	start, end       number // µs since the epoch
	*trace.Span
}

// add takes a span, mends what no trace can hold, and counts what it mended.
func (g *gather) add(p pending) {
	s, start, end := p.Span, p.start.n, p.end.n
	if p.traceID == "" || s.ID == "" {
		g.note("without a trace id or span id, left out")
		return
	}
	d := g.draft(p.traceID)
	if !p.start.known {
		d.notes["without a start, put where the parent starts"]++
		d.untimed = append(d.untimed, s)
		start, end = 0, 0
	}
	if max(start, end) > farthest || min(start, end) < -farthest {
		d.notes["at an impossible time, moved to the nearest possible"]++
		start, end = min(max(start, -farthest), farthest), min(max(end, -farthest), farthest)
	}
	if end < start {
		d.notes["ending before the start, taken as points"]++
		end = start
	}
	s.Start, s.Duration = start, end-start
	s.Service, s.Host, s.Name = g.intern(s.Service), g.intern(s.Host), g.intern(s.Name)
	d.spans = append(d.spans, s)
}

// farthest from the epoch that a time may lie, in µs: 570 years, more than nanoseconds in 64 bits can say, and
// little enough that sums of durations do not overflow.
const farthest = 1 << 54

// intern makes equal strings share memory: a trace of 100,000 spans has a few dozen names and keys.
func (g *gather) intern(s string) string {
	if known, ok := g.same[s]; ok {
		return known
	}
	s = strings.Clone(s) // not a slice of something longer
	if len(g.same) < 1<<16 {
		g.same[s] = s
	}
	return s
}

// traces builds what was gathered.
func (g *gather) traces() []*trace.Trace {
	g.widen()
	var all []*trace.Trace
	for _, d := range g.order {
		d.split()
		d.place()
		t := trace.New(d.id, d.spans)
		notes := slices.Concat(d.remarks, d.notes.lines(), g.remarks, g.notes.lines())
		if g.cutAt > 0 {
			notes = append(notes, fmt.Sprintf("the input is cut off at byte %d (an incomplete download?): %s", g.cutAt, remains(t)))
		}
		t.Notes = append(notes, t.Notes...) // what is lost comes before what was mended
		all = append(all, t)
	}
	if len(all) > 1 {
		trace.ResolveCallees(all...)
	}
	return all
}

// remains counts what is left of a trace that was cut off, and of the lost what is known: the parents that spans name.
func remains(t *trace.Trace) string {
	missed := map[string]bool{}
	for _, s := range t.Orphans {
		missed[s.ParentID] = true
	}
	whole := spans(len(t.Spans)) + " read whole, what followed is lost"
	if len(missed) > 0 {
		whole += fmt.Sprintf(", at least the %s that these name as parents", spans(len(missed)))
	}
	return whole
}

// A tally counts spans that something was wrong with, by what that was.
type tally map[string]int

// lines says each thing with its number, in a fixed order.
func (t tally) lines() []string {
	var lines []string
	for what, n := range t {
		lines = append(lines, spans(n)+" "+what)
	}
	slices.Sort(lines)
	return lines
}

func spans(n int) string {
	if n == 1 {
		return "1 span"
	}
	return fmt.Sprintf("%d spans", n)
}
