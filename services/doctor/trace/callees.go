package trace

import "slices"

// ResolveCallees names callees that left no span by what all the traces together show: who answered the same call elsewhere, or who
// else was reached at the same address. [New] does it for one trace alone. Where tracers say no kinds, it thereby recognises
// calls as such. What the traces leave open, such as an address at which several services answered, keeps its own name.
func ResolveCallees(traces ...*Trace) {
	for _, t := range traces {
		t.roles()
	}
	if !slices.ContainsFunc(traces, func(t *Trace) bool { return slices.ContainsFunc(t.Spans, (*Span).unanswered) }) {
		return
	}
	k := known{map[operation]string{}, map[place]string{}, map[string]string{}, map[string]sort{}}
	for _, t := range traces {
		k.learn(t)
	}
	for _, t := range traces {
		for _, s := range t.Spans {
			if s.unanswered() {
				k.name(s)
			}
		}
	}
}

// unanswered reports what may be a call to another service that left no span.
func (s *Span) unanswered() bool {
	if s.Kind == Client {
		return s.answerer() == "" && s.Get(DBSystem) == ""
	}
	return s.Kind == Unknown && len(s.Children) == 0 && s.Parent != nil && !s.Remote()
}

// What is known of those who answer. A value is several where they differ.
type known struct {
	calls  map[operation]string // who answers a call
	places map[place]string     // who answers at an address that is a number
	ports  map[string]string    // the port that a named host is called at
	sorts  map[string]sort      // of hosts, each looked at once
}

const several = "\x00"

type operation struct{ service, name, peer string }

// A place is an address as one caller sees it: a loopback address is somebody else for each.
type place struct{ address, caller string }

// place is where a call goes, if that is a number.
func (k known) place(s *Span, at address) (place, bool) {
	sort, seen := k.sorts[at.host]
	if !seen {
		sort = sortOf(at.host)
		k.sorts[at.host] = sort
	}
	switch {
	case sort == word || at.port == "":
		return place{}, false
	case sort == loopback:
		return place{at.text, s.Service}, true
	}
	return place{at.text, ""}, true
}

func (k known) learn(t *Trace) {
	for _, s := range t.Spans {
		if !s.calling || s.Get(DBSystem) != "" {
			continue
		}
		at := s.address()
		number, numbered := k.place(s, at)
		if at.host != "" && !numbered {
			note(k.ports, at.host, at.port)
		}
		if s.answerer() == "" {
			continue
		}
		note(k.calls, operation{s.Service, s.Name, s.Peer()}, s.callee)
		if numbered {
			note(k.places, number, s.callee)
		}
	}
}

func note[K comparable](m map[K]string, key K, value string) {
	old, there := m[key]
	switch {
	case there && old != value:
		m[key] = several
	case !there:
		m[key] = value
	}
}

// name says whom a call reaches that nobody answered: the most telling that is known.
func (k known) name(s *Span) {
	at := s.address()
	number, numbered := k.place(s, at)
	for _, callee := range []string{k.calls[operation{s.Service, s.Name, s.Peer()}], k.places[number]} {
		if callee != "" && callee != several {
			s.calling, s.callee = true, callee
			return
		}
	}
	if s.calling && !numbered && at.host != "" && s.callee == at.text && k.ports[at.host] == at.port && k.sorts[at.host] == word {
		s.callee = at.host
	}
}
