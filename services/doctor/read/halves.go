package read

import "spanwise/doctor/trace"

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
