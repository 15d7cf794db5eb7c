package check

import (
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
)

// An Arrow is a connection that the network policies allow, from a pod to a TCP port of another.
type Arrow struct {
	From, To string
	Port     int32
}

// A verdict is what the policies say at one end of a connection.
type verdict int

const (
	refused verdict = iota
	open            // no policy, or a rule for any peer
	named           // a rule that names the other end
)

// connects reports whether the policies at both ends let a pod connect to a port of another.
func (s *set) connects(from, to object, port int32) bool {
	return s.leaves(from, to, port) != refused && s.enters(from, to, port) != refused
}

// leaves returns what the policies of the pod that connects say.
func (s *set) leaves(from, to object, port int32) verdict {
	return s.end(from, networkingv1.PolicyTypeEgress, func(o object, policy *networkingv1.NetworkPolicy) (best verdict) {
		for _, rule := range policy.Spec.Egress {
			if opens(rule.Ports, to, port) {
				best = max(best, s.among(o, rule.To, to))
			}
		}
		return best
	})
}

// enters returns what the policies of the pod that is connected to say.
func (s *set) enters(from, to object, port int32) verdict {
	return s.end(to, networkingv1.PolicyTypeIngress, func(o object, policy *networkingv1.NetworkPolicy) (best verdict) {
		for _, rule := range policy.Spec.Ingress {
			if opens(rule.Ports, to, port) {
				best = max(best, s.among(o, rule.From, from))
			}
		}
		return best
	})
}

// end returns the best that the policies for a pod and a direction say. Without any, the pod is open.
func (s *set) end(pod object, direction networkingv1.PolicyType, say func(object, *networkingv1.NetworkPolicy) verdict) verdict {
	isolated, best := false, refused
	for _, o := range s.objects {
		policy, ok := o.content.(*networkingv1.NetworkPolicy)
		if !ok || !selects(o, policy, pod) || !slices.Contains(policy.Spec.PolicyTypes, direction) {
			continue
		}
		isolated = true
		best = max(best, say(o, policy))
	}
	if !isolated {
		return open
	}
	return best
}

func (s *set) among(policy object, peers []networkingv1.NetworkPolicyPeer, pod object) verdict {
	switch {
	case len(peers) == 0:
		return open
	case slices.ContainsFunc(peers, func(peer networkingv1.NetworkPolicyPeer) bool { return s.isPeer(policy, peer, pod) }):
		return named
	}
	return refused
}

// checkArrows finds connections that the policy at one end allows by name and the one at the other end refuses.
func (s *set) checkArrows(from object) {
	if template(from) == nil {
		return
	}
	s.eachPort(func(to object, port int32) {
		leaves, enters := s.leaves(from, to, port), s.enters(from, to, port)
		if leaves == named && enters == refused {
			s.refuse(from, "its network policy lets it connect to %s at port %d, whose own policy refuses that", to, port)
		}
		if enters == named && leaves == refused {
			s.refuse(from, "the network policy of %s lets it connect to port %d, and its own policy refuses that", to, port)
		}
	})
}

// eachPort calls f with each port that a pod declares.
func (s *set) eachPort(f func(to object, port int32)) {
	for _, to := range s.objects {
		if pod := template(to); pod != nil {
			for _, c := range containers(pod) {
				for _, port := range c.Ports {
					f(to, port.ContainerPort)
				}
			}
		}
	}
}

// Arrows returns the connections between pods of a stream of objects that their network policies name.
func Arrows(stream []byte) []Arrow {
	s := newSet(stream, Known{})
	var all []Arrow
	for _, from := range s.objects {
		if template(from) == nil {
			continue
		}
		s.eachPort(func(to object, port int32) {
			if s.connects(from, to, port) && s.enters(from, to, port) == named {
				all = append(all, Arrow{from.String(), to.String(), port})
			}
		})
	}
	return all
}
