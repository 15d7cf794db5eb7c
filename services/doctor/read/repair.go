package read

import (
	"slices"

	"spanwise/doctor/trace"
)

// shortID is the length of a 64-bit trace id in hex.
const shortID = 16

// joinShortIDs joins the spans of tracers that know only the lower half of a 128-bit trace id with those that know all of it. B3 ids
// may have either length (https://github.com/openzipkin/b3-propagation), so both occur while a site migrates.
func (b *builder) joinShortIDs() {
	halves := map[string]*draft{}
	for _, d := range b.order {
		if len(d.id) == shortID {
			halves[d.id] = d
		}
	}
	for _, d := range b.order {
		if len(d.id) != 2*shortID {
			continue
		}
		half := halves[d.id[shortID:]]
		if half == nil {
			continue
		}
		delete(halves, half.id) // it belongs to one trace only
		d.spans, d.untimed = append(d.spans, half.spans...), append(d.untimed, half.untimed...)
		d.remarks = append(d.remarks, half.remarks...)
		for what, n := range half.notes {
			d.notes[what] += n
		}
		half.spans = nil
	}
	b.order = slices.DeleteFunc(b.order, func(d *draft) bool { return len(d.spans) == 0 })
}

// splitSharedIDs gives each half of a Zipkin call its own id, where both have the same. The caller's half keeps the id and becomes the
// parent of the other. Children go to the half that ran in their own service.
func (d *draft) splitSharedIDs() {
	callees, callers := map[string]*trace.Span{}, map[string]*trace.Span{}
	for _, s := range d.spans {
		if s.Kind == trace.Server || s.Kind == trace.Consumer {
			callees[s.ID] = s
		}
	}
	for _, s := range d.spans {
		if (s.Kind == trace.Client || s.Kind == trace.Producer) && callees[s.ID] != nil {
			callers[s.ID] = s
		}
	}
	if len(callers) == 0 {
		return
	}
	for _, s := range d.spans {
		caller := callers[s.ParentID]
		if caller != nil && (s.Service == callees[s.ParentID].Service || s.Service != caller.Service) {
			s.ParentID += calleeHalf
		}
	}
	for _, s := range d.spans {
		if callers[s.ID] != nil && (s.Kind == trace.Server || s.Kind == trace.Consumer) {
			s.ParentID, s.ID = s.ID, s.ID+calleeHalf
		}
	}
}

const calleeHalf = "-callee"

// placeUntimed gives spans without a start the start of their parent, however far up that is, or of the trace.
func (d *draft) placeUntimed() {
	if len(d.untimed) == 0 {
		return
	}
	waiting, byID := map[*trace.Span]bool{}, map[string]*trace.Span{}
	for _, s := range d.untimed {
		waiting[s] = true
	}
	begin, found := trace.Micros(0), false
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
