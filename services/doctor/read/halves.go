package read

import (
	"slices"

	"spanwise/doctor/trace"
)

// short is the length of a trace id of 64 bits in hex.
const short = 16

// widen joins the spans of tracers that know only the lower half of a trace's id of 128 bits with the others'. B3 ids may be of
// either length (https://github.com/openzipkin/b3-propagation), so both occur while a site changes over.
func (g *gather) widen() {
	halves := map[string]*draft{}
	for _, d := range g.order {
		if len(d.id) == short {
			halves[d.id] = d
		}
	}
	for _, d := range g.order {
		if len(d.id) != 2*short {
			continue
		}
		half := halves[d.id[short:]]
		if half == nil {
			continue
		}
		delete(halves, half.id) // belongs to one only
		d.spans, d.untimed = append(d.spans, half.spans...), append(d.untimed, half.untimed...)
		d.remarks = append(d.remarks, half.remarks...)
		for what, n := range half.notes {
			d.notes[what] += n
		}
		half.spans = nil
	}
	g.order = slices.DeleteFunc(g.order, func(d *draft) bool { return len(d.spans) == 0 })
}

// split gives the two halves of a Zipkin call, which share one span id, an id each. The caller's half keeps the
// id and becomes the parent of the other; children follow the half that ran in their own service.
func (d *draft) split() {
	callers, callees := map[string]*trace.Span{}, map[string]*trace.Span{}
	for _, s := range d.spans {
		if s.Kind == trace.Client || s.Kind == trace.Producer {
			callers[s.ID] = s
		}
	}
	for _, s := range d.spans {
		if callers[s.ID] != nil && (s.Kind == trace.Server || s.Kind == trace.Consumer) {
			callees[s.ID] = s
		}
	}
	if len(callees) == 0 {
		return
	}
	for _, s := range d.spans {
		callee := callees[s.ParentID]
		if callee != nil && (s.Service == callee.Service || s.Service != callers[s.ParentID].Service) {
			s.ParentID += calleeHalf
		}
	}
	for _, s := range d.spans {
		if callees[s.ID] != nil && (s.Kind == trace.Server || s.Kind == trace.Consumer) {
			s.ParentID, s.ID = s.ID, s.ID+calleeHalf
		}
	}
}

const calleeHalf = "-callee"

// place gives spans without a start the start of their parent, or of the trace. Those of a chain follow each other.
func (d *draft) place() {
	if len(d.untimed) == 0 {
		return
	}
	waiting, byID := map[*trace.Span]bool{}, map[string]*trace.Span{}
	for _, s := range d.untimed {
		waiting[s] = true
	}
	begin, found := int64(0), false
	for _, s := range d.spans {
		byID[s.ID] = s
		if !waiting[s] && (!found || s.Start < begin) {
			begin, found = s.Start, true
		}
	}
	for _, s := range d.untimed {
		chain := []*trace.Span{}
		for ; s != nil && waiting[s]; s = byID[s.ParentID] {
			delete(waiting, s)
			chain = append(chain, s)
		}
		start := begin
		if s != nil {
			start = s.Start
		}
		for _, c := range chain {
			c.Start = start
		}
	}
}
