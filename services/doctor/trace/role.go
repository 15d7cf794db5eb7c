package trace

import "cmp"

// Remote reports whether s runs in another process than its parent, so that a network lies between them.
func (s *Span) Remote() bool {
	p := s.Parent
	return p != nil && (s.Service != p.Service || p.Kind == Client && s.Kind == Server)
}

// Calling reports whether s only waits for somebody else: a client or producer span by its kind or, where
// tracers say no kinds, by attributes that only a caller has or by its shape. A span that its own process started (so not the
// process's entry) and whose children all run in one other service is a client span in all but name.
func (s *Span) Calling() bool { return s.calling }

// Callee names who s calls: the service that answered or, when it left no span in this trace, the one that answered its like, or
// what the attributes say of it. It is "" for a span that calls nobody, and for a caller that does not say.
func (s *Span) Callee() string { return s.callee }

// roles finds the calls, and whom they call as far as each says it for itself.
func (t *Trace) roles() {
	for _, s := range t.Spans {
		s.calling, s.callee = s.calls(), ""
		if s.calling {
			s.callee = cmp.Or(s.answerer(), s.Peer())
		}
	}
}

func (s *Span) calls() bool {
	switch s.Kind {
	case Producer:
		return true
	case Client:
		return !s.Remote() || s.answerer() != "" // else it stands for the callee, as those of databases without tracers do
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
	for _, c := range s.Children {
		if c.Service == s.Service || c.Service != s.Children[0].Service {
			return false
		}
	}
	return len(s.Children) > 0
}

// answerer is the service of the callee's own span.
func (s *Span) answerer() string {
	for _, c := range s.Children {
		if c.Remote() {
			return c.Service
		}
	}
	return ""
}
