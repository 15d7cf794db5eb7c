package evidence

import (
	"cmp"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A Place is where a request can spend its time: an edge (calls from one service to another, except what the
// callee's own calls and inner operations account for) or an operation within a service. The places partition the
// critical path, except for idle workers, streams, and the pauses between polls and attempts, so each names the deepest cause that the trace
// can show.
//
// The typical visit, not the sum, shows which place is slow: what is slow is slow each time it is used, but how
// often it is used is up to its caller.
type Place struct {
	Caller    string       // "" for time within the service
	Service   string       // the callee, or the service itself
	Operation string       // "" for an edge
	Total     trace.Micros // on the critical path
	Typical   trace.Micros // the median visit
	Longest   trace.Micros // the longest visit
	Visits    []Visit
	Spans     []*trace.Span // that contain the time
}

// A Visit is one call across an edge, or one run of an operation.
type Visit struct {
	Span *trace.Span
	time trace.Micros
}

func typical(visits []Visit) trace.Micros {
	return Median(each(visits, func(v Visit) trace.Micros { return v.time }))
}

// IsEdge reports whether the place is an edge between two services.
func (p *Place) IsEdge() bool { return p.Caller != "" }

// Calls lists the spans of the visits.
func (p *Place) Calls() []*trace.Span {
	return each(p.Visits, func(v Visit) *trace.Span { return v.Span })
}

// findPlaces lists the places, the one with the longest typical visit first.
func (e *Exam) findPlaces() []*Place {
	type name struct{ caller, service, operation, route string }
	byName := map[name]*Place{}
	type stay struct {
		place *Place
		visit int // its index
	}
	stays := make([]stay, len(e.Trace.Spans)) // the latest at each span, by Span.Index
	var list []*Place
	for _, s := range e.OnPath {
		own := e.Own(s)
		if e.Idling[s] != "" || own == 0 {
			continue
		}
		key, at := name{"", s.Service, s.Name, e.route(s)}, s
		switch {
		case e.CallOf[s.Index] != nil && e.CallOf[s.Index].Housekeeping && (call.Connecting(s) || call.Acquiring(s)): // getting a connection is not part of the edge
		case s.Calling():
			at = callOr(s, s.Principal())
			key = name{s.Principal().Service, cmp.Or(s.Callee(), s.Name), "", ""}
		case s.Remote():
			asker := s.Asker().Principal()
			at, key = callOr(s, asker), name{asker.Service, s.Answerer(), "", ""}
		}
		p := byName[key]
		if p == nil {
			p = &Place{Caller: key.caller, Service: key.service, Operation: key.operation}
			byName[key] = p
			list = append(list, p)
		}
		st := &stays[at.Index]
		if st.place != p { // the first time, or caller and callee name the callee differently
			*st = stay{p, len(p.Visits)}
			p.Visits = append(double(p.Visits), Visit{Span: at})
		}
		p.Visits[st.visit].time += own
		p.Total += own
		p.Spans = append(double(p.Spans), s)
	}
	for _, p := range list {
		p.Typical = typical(p.Visits)
		p.Longest = slices.MaxFunc(p.Visits, func(a, b Visit) int { return cmp.Compare(a.time, b.time) }).time
	}
	slices.SortStableFunc(list, func(a, b *Place) int {
		return cmp.Or(cmp.Compare(b.Typical, a.Typical), cmp.Compare(b.Total, a.Total))
	})
	return list
}

// route is the route of the request that s is part of. Frameworks give the handlers of all routes one name.
func (e *Exam) route(s *trace.Span) string {
	if entry := e.Entry[s.Index]; entry != nil && entry != s {
		return entry.Get(trace.HTTPRoute)
	}
	return ""
}

// callOr returns the span that sent a request if it is a call, and otherwise the one that received it or passed it on.
func callOr(received, sent *trace.Span) *trace.Span {
	if sent.Calling() {
		return sent
	}
	return received
}

// How much time makes a place slow if nothing is known about what is usual.
const (
	SlowVisit = 20 * trace.Millisecond // of a typical visit
	SlowShare = 0.1                    // of the request, for the place with the longest typical visit
	MainShare = 0.3                    // of the request, for any other place, and for certainty
)

// SlowPlaces are the places that are slow enough to report: the one with the longest typical visit, and any other
// where a single typical visit takes a large share of the request. Other heavy places are worth a mention. If no
// place is slow as a whole, it may be slow for one question among quick ones.
func (e *Exam) SlowPlaces() (worth, mention []*Place) {
	for _, p := range e.Places {
		switch {
		case p.Typical < e.slowVisit() || e.BusyShare(p.Total) < SlowShare:
		case len(worth) == 0 || e.BusyShare(p.Typical) >= MainShare:
			worth = append(worth, p)
		case e.BusyShare(p.Total) >= MainShare:
			mention = append(mention, p)
		}
	}
	if slices.ContainsFunc(worth, func(p *Place) bool { return p.IsEdge() || p.Inner() }) {
		return worth, mention
	}
	for _, p := range e.Places {
		if p.Longest >= SlowVisit && e.BusyShare(p.Longest) >= MainShare && e.mixed(p) {
			return append(worth, p.Slowest()), mention
		}
	}
	return worth, mention
}

// slowVisit is how long a typical visit must be. The messages of a stream are not waited for together, so one must be long enough to be
// noticed.
func (e *Exam) slowVisit() trace.Micros {
	if streams(e.Root) != "" {
		return 100 * trace.Millisecond
	}
	return SlowVisit
}

// mixed reports whether the long visits of a place ask for nothing that the short ones ask for: then the short ones
// say nothing about them.
func (e *Exam) mixed(p *Place) bool {
	quick := map[call.Question]bool{}
	for _, v := range p.Visits {
		if v.time*2 < p.Longest && !e.nameless(v.Span) {
			quick[e.Question(v.Span)] = true
		}
	}
	return !slices.ContainsFunc(p.Visits, func(v Visit) bool { return v.time*2 >= p.Longest && quick[e.Question(v.Span)] })
}

// nameless reports a query of which only the driver's name for all queries is known.
func (e *Exam) nameless(s *trace.Span) bool {
	c := e.CallOf[s.Index]
	return c != nil && c.Store && s.Get(trace.DBText) == "" && s.Get(trace.DBSummary) == "" && s.Get(trace.DBCollection) == ""
}

// Slowest is the place with only the visits that take at least half as long as the longest one.
func (p *Place) Slowest() *Place {
	d := &Place{Caller: p.Caller, Service: p.Service, Operation: p.Operation, Longest: p.Longest}
	kept := map[*trace.Span]bool{}
	for _, v := range p.Visits {
		if v.time*2 >= p.Longest {
			d.Visits = append(d.Visits, v)
			d.Total += v.time
			kept[v.Span] = true
		}
	}
	for _, s := range p.Spans {
		if kept[s] || s.Parent != nil && s.Parent.Calling() && kept[s.Parent] {
			d.Spans = append(d.Spans, s)
		}
	}
	d.Typical = typical(d.Visits)
	return d
}

// Inner reports whether a place is work within a process: neither an edge nor the entry of a process.
func (p *Place) Inner() bool {
	s := p.Visits[0].Span
	return !p.IsEdge() && s.Parent != nil && s.Kind != trace.Server && s.Kind != trace.Consumer && !call.Housekeeping(s)
}

// String names the place for a reader.
func (p *Place) String() string {
	if p.IsEdge() {
		return p.Caller + " → " + p.Service
	}
	return "`" + p.Operation + "` in " + p.Service
}
