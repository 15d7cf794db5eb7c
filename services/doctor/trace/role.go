package trace

import (
	"cmp"
	"slices"
)

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
// elsewhere, or what the attributes name. It is "" if s is not a call, or if nothing names its callee.
func (s *Span) Callee() string { return s.callee }

// findCalls finds the calls, and names their callees as far as each call alone shows them.
func (t *Trace) findCalls() {
	for _, s := range t.Spans {
		s.calling, s.callee = s.calls(), ""
		if !s.calling {
			continue
		}
		if c := s.RemoteChild(); c != nil {
			s.callee = c.Service
		}
		s.callee = cmp.Or(s.callee, s.Peer())
	}
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
