package trace

import "slices"

// ResolveCallees names the callees that left no span by what all traces together show: who answered the same call elsewhere, or who
// answered at the same address. [New] does this for one trace alone. It also recognises calls of tracers that record no span kinds.
// A callee that the traces leave open, such as an address at which several services answered, keeps the name that it has.
func ResolveCallees(traces ...*Trace) {
	for _, t := range traces {
		t.findCalls()
	}
	if !slices.ContainsFunc(traces, func(t *Trace) bool { return slices.ContainsFunc(t.Spans, (*Span).unanswered) }) {
		return
	}
	d := directory{map[operation]string{}, map[endpoint]string{}, map[string]string{}, map[string]hostKind{}}
	for _, t := range traces {
		d.add(t)
	}
	for _, t := range traces {
		for _, s := range t.Spans {
			if s.unanswered() {
				d.resolve(s)
			}
		}
	}
}

// unanswered reports whether s may be a call to another service that left no span.
func (s *Span) unanswered() bool {
	if s.Kind == Client {
		return s.RemoteChild() == nil && s.Get(DBSystem) == ""
	}
	return s.Kind == Unknown && len(s.Children) == 0 && s.Parent != nil && !s.Remote()
}

// A directory lists who answers which calls. Where the traces disagree, the value is ambiguous.
type directory struct {
	calls     map[operation]string // the service that answers a call
	endpoints map[endpoint]string  // the service that answers at a numeric address
	ports     map[string]string    // the port at which a named host is called
	kinds     map[string]hostKind  // a cache of kindOf
}

const ambiguous = "\x00"

type operation struct{ service, name, peer string }

// An endpoint is a numeric address. A loopback address is a different endpoint for each caller; for all others, caller is "".
type endpoint struct{ address, caller string }

// endpoint returns where s calls, if at is a numeric address with a port.
func (d directory) endpoint(s *Span, at address) (endpoint, bool) {
	kind, known := d.kinds[at.host]
	if !known {
		kind = kindOf(at.host)
		d.kinds[at.host] = kind
	}
	switch {
	case kind == named || at.port == "":
		return endpoint{}, false
	case kind == loopback:
		return endpoint{at.text, s.Service}, true
	}
	return endpoint{at.text, ""}, true
}

// add enters the calls of a trace.
func (d directory) add(t *Trace) {
	for _, s := range t.Spans {
		if !s.calling || s.Get(DBSystem) != "" {
			continue
		}
		at := s.address()
		ep, numeric := d.endpoint(s, at)
		if at.host != "" && !numeric {
			enter(d.ports, at.host, at.port)
		}
		if s.RemoteChild() == nil {
			continue
		}
		enter(d.calls, operation{s.Service, s.Name, s.Peer()}, s.callee)
		if numeric {
			enter(d.endpoints, ep, s.callee)
		}
	}
}

func enter[K comparable](m map[K]string, key K, value string) {
	if old, found := m[key]; found && old != value {
		value = ambiguous
	}
	m[key] = value
}

// resolve names the callee of a call that no span answered. Who answered the same call elsewhere is better evidence than the address.
func (d directory) resolve(s *Span) {
	at := s.address()
	ep, numeric := d.endpoint(s, at)
	for _, callee := range []string{d.calls[operation{s.Service, s.Name, s.Peer()}], d.endpoints[ep]} {
		if callee != "" && callee != ambiguous {
			s.calling, s.callee = true, callee
			return
		}
	}
	if s.calling && !numeric && at.host != "" && s.callee == at.text && d.ports[at.host] == at.port && d.kinds[at.host] == named {
		s.callee = at.host // it has one port only
	}
}
