package trace

import "slices"

// Which spans are calls, and whom they call: the one that answered, or what other calls and the attributes name.

// Remote reports whether s runs in another process than its parent, so that there is a network between them.
func (s *Span) Remote() bool {
	p := s.Parent
	return p != nil && (s.Service != p.Service || p.Kind == Client && s.Kind == Server)
}

// RemoteChild returns the first child that runs in another process: the callee's side of a call. It is nil if there is none.
func (s *Span) RemoteChild() *Span {
	for _, c := range s.Children {
		if c.Remote() {
			return c
		}
	}
	return nil
}

// Calling reports whether s only waits for another process. Client and producer spans do. Where tracers record no span kinds, a
// span does if it has attributes that only a caller has, or if its own process started it and all its children run in one other service.
func (s *Span) Calling() bool { return s.calling }

// Callee names the service that s calls: the one that answered or, if it left no span in this trace, the one that answered the same call
// elsewhere, or what the attributes name. The callee of a message is the broker, and not its consumer. It is "" if s is not a call, or if
// nothing names its callee.
func (s *Span) Callee() string { return s.callee }

// findCalls finds the calls, and names their callees as far as each call alone shows them.
func (t *Trace) findCalls() {
	for _, s := range t.Spans {
		s.calling, s.callee = s.calls(), ""
		if !s.calling {
			continue
		}
		switch c := s.RemoteChild(); {
		case c == nil || s.hands(c):
			s.callee = s.Peer()
		case s.isProxy() && !sidecars[c.Service]:
			s.callee = c.Service
		default:
			s.callee = c.Answerer()
		}
	}
}

// hands reports whether s only hands a message to the broker, from which c takes it on its own. A consumer that is done before s ends, and
// takes half of s, is the answer to a question: s waited for it.
func (s *Span) hands(c *Span) bool {
	return s.sends() && c.Kind == Consumer && (c.End() > s.End() || c.Duration*2 < s.Duration)
}

// sends reports whether s sends a message. Where another span stands for creating it, the span for sending is a client.
func (s *Span) sends() bool {
	if s.Kind != Client || s.Get(MessagingSystem) == "" {
		return s.Kind == Producer
	}
	operation := s.Get(MessagingOperation)
	return operation == "send" || operation == "publish"
}

func (s *Span) calls() bool {
	switch s.Kind {
	case Producer:
		return true
	case Client:
		return !s.Remote() || s.RemoteChild() != nil // else it stands for the callee: some databases have no tracer of their own
	case Server, Consumer:
		return false
	}
	if s.Parent == nil || s.Remote() {
		return false
	}
	return s.Kind == Unknown && s.onlyRemoteChildren() || s.callingByAttrs()
}

func (s *Span) callingByAttrs() bool {
	if s.Get(DBSystem) != "" || s.Get(DBText) != "" {
		return true
	}
	return s.Kind == Unknown && (s.Get(RPCMethod) != "" ||
		s.Get(HTTPMethod) != "" && (s.Get(URLFull) != "" || s.Get(PeerAddress) != ""))
}

func (s *Span) onlyRemoteChildren() bool {
	return len(s.Children) > 0 && !slices.ContainsFunc(s.Children, func(c *Span) bool {
		return c.Service == s.Service || c.Service != s.Children[0].Service
	})
}

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
