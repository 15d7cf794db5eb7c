package doctor

import (
	"cmp"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A place is where a request can spend its time: across an edge (in calls from one service to another, as far as the
// callee's own calls and inner operations do not account for it) or within an operation of a service.
// The places tile the critical path, but for what a worker idles and the pauses of who polls, so each names the deepest cause that the trace can show.
//
// The typical visit, and not the sum, tells which place is sick: something that is slow is slow whenever it is asked,
// while how often it is asked is the caller's doing.
type place struct {
	caller    string // "" for time within the service
	service   string // the callee, or the service itself
	operation string // "" for an edge
	us        int64  // on the critical path
	typical   int64  // what the middle one of the visits costs
	dearest   int64  // and the dearest
	visits    []visit
	spans     []*trace.Span // that hold the time
}

// A visit is one call across an edge, or one run of an operation.
type visit struct {
	span *trace.Span
	us   int64
}

func typical(visits []visit) int64 {
	list := make([]int64, len(visits))
	for i, v := range visits {
		list[i] = v.us
	}
	return median(list)
}

func (p *place) isEdge() bool { return p.caller != "" }

// calls are the spans of the visits.
func (p *place) calls() []*trace.Span {
	list := make([]*trace.Span, len(p.visits))
	for i, v := range p.visits {
		list[i] = v.span
	}
	return list
}

// findPlaces lists the places, the one with the dearest typical visit first.
func (e *exam) findPlaces() []*place {
	type name struct{ caller, service, operation string }
	byName := map[name]*place{}
	type stay struct {
		place *place
		visit int // its index
	}
	stays := make([]stay, len(e.trace.Spans)) // the last one at a span
	var list []*place
	polled := e.pollPauses()
	for _, s := range e.spent {
		own := e.own[s.Index] - min(polled[s], e.own[s.Index])
		if e.idling[s.Index] || own == 0 {
			continue
		}
		key, at := name{"", s.Service, s.Name}, s
		switch {
		case e.callOf[s.Index] != nil && e.callOf[s.Index].Housekeeping && call.Connecting(s): // is not asking yet: see cold-connect
		case s.Calling():
			key = name{s.Service, cmp.Or(s.Callee(), s.Name), ""}
		case s.Remote():
			if s.Parent.Calling() {
				at = s.Parent
			}
			key = name{s.Parent.Service, s.Service, ""}
		}
		p := byName[key]
		if p == nil {
			p = &place{caller: key.caller, service: key.service, operation: key.operation}
			byName[key] = p
			list = append(list, p)
		}
		st := &stays[at.Index]
		if st.place != p { // the first time, or a caller and who answered name the callee differently
			*st = stay{p, len(p.visits)}
			p.visits = append(p.visits, visit{span: at})
		}
		p.visits[st.visit].us += own
		p.us += own
		p.spans = append(p.spans, s)
	}
	for _, p := range list {
		p.typical = typical(p.visits)
		p.dearest = slices.MaxFunc(p.visits, func(a, b visit) int { return cmp.Compare(a.us, b.us) }).us
	}
	slices.SortStableFunc(list, func(a, b *place) int {
		return cmp.Or(cmp.Compare(b.typical, a.typical), cmp.Compare(b.us, a.us))
	})
	return list
}

// What has to be spent in one place before it can be called slow without knowing what is usual.
const (
	slowVisit = 20_000 // µs of a typical visit
	slowShare = 0.1    // of the request, for the dearest place
	mainShare = 0.3    // of the request, for any other, and for certainty
)

// suspects are the places that are slow enough to be reported: the dearest by its typical visit, and any other of which one typical
// visit takes a large share of the request by itself. The rest of the heavy places are only mentioned. Where no place is slow on the
// whole, a slow question among quick ones is.
func (e *exam) suspects() (worth, mention []*place) {
	for _, p := range e.places {
		switch {
		case p.typical < slowVisit || e.busy(p.us) < slowShare:
		case len(worth) == 0 || e.busy(p.typical) >= mainShare:
			worth = append(worth, p)
		case e.busy(p.us) >= mainShare:
			mention = append(mention, p)
		}
	}
	if slices.ContainsFunc(worth, func(p *place) bool { return p.isEdge() || p.inner() }) {
		return worth, mention
	}
	for _, p := range e.places {
		if p.dearest >= slowVisit && e.busy(p.dearest) >= mainShare && e.mixed(p) {
			return append(worth, p.dear()), mention
		}
	}
	return worth, mention
}

// mixed reports whether the dear visits of a place ask for nothing that the others ask for: then these say nothing about them.
func (e *exam) mixed(p *place) bool {
	quick := map[call.Question]bool{}
	for _, v := range p.visits {
		if v.us*2 < p.dearest && !e.nameless(v.span) {
			quick[e.question(v.span)] = true
		}
	}
	return !slices.ContainsFunc(p.visits, func(v visit) bool { return v.us*2 >= p.dearest && quick[e.question(v.span)] })
}

// nameless reports a query of which nothing is known but what its driver calls all queries.
func (e *exam) nameless(s *trace.Span) bool {
	c := e.callOf[s.Index]
	return c != nil && c.Store && s.Get(trace.DBText) == "" && s.Get(trace.DBSummary) == "" && s.Get(trace.DBCollection) == ""
}

// dear is the place with only those visits that cost half of the dearest, or more: what else is asked there is quick.
func (p *place) dear() *place {
	d := &place{caller: p.caller, service: p.service, operation: p.operation, dearest: p.dearest}
	kept := map[*trace.Span]bool{}
	for _, v := range p.visits {
		if v.us*2 >= p.dearest {
			d.visits = append(d.visits, v)
			d.us += v.us
			kept[v.span] = true
		}
	}
	for _, s := range p.spans {
		if kept[s] || s.Parent != nil && s.Parent.Calling() && kept[s.Parent] {
			d.spans = append(d.spans, s)
		}
	}
	d.typical = typical(d.visits)
	return d
}

// certainty is how sure we are that a place is slow, from this trace alone: half the request is convincing,
// as is a third if everything else is cheap.
func (e *exam) certainty(p *place) Confidence {
	var next int64
	for _, o := range e.places {
		if o != p {
			next = max(next, o.typical)
		}
	}
	if e.busy(p.us) >= 0.5 || e.busy(p.us) >= mainShare && p.typical >= 2*next {
		return Medium
	}
	return Low
}
