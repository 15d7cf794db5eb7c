package check

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// checkPolicy finds rules of a network policy that allow nothing: peers that select no pod, and ports that the pods do not have.
func (s *set) checkPolicy(o object) {
	policy, ok := o.content.(*networkingv1.NetworkPolicy)
	if !ok {
		return
	}
	own := s.selected(o, selector(&policy.Spec.PodSelector))
	for _, rule := range policy.Spec.Ingress {
		for _, peer := range rule.From {
			s.peers(o, peer)
		}
		s.checkPorts(o, rule.Ports, own)
	}
	for _, rule := range policy.Spec.Egress {
		for _, peer := range rule.To {
			s.checkPorts(o, rule.Ports, s.peers(o, peer))
		}
	}
}

// peers returns the pods that a peer of a policy stands for, and refuses a peer without any.
func (s *set) peers(o object, peer networkingv1.NetworkPolicyPeer) []object {
	if peer.IPBlock != nil {
		return nil
	}
	if peer.NamespaceSelector != nil {
		wanted := selector(peer.NamespaceSelector)
		isMeant := func(n object) bool { return n.kind.Kind == "Namespace" && wanted.Matches(s.namespaceLabels(n.name)) }
		if !slices.ContainsFunc(s.objects, isMeant) {
			if !s.excused(s.known.Outside, "Namespace/"+wanted.String()) {
				s.refuse(o, "selects namespaces with %s, and there are none in the manifest", wanted)
			}
			return nil
		}
	}
	pods := slices.DeleteFunc(slices.Clone(s.objects), func(pod object) bool { return template(pod) == nil || !s.isPeer(o, peer, pod) })
	if len(pods) == 0 && peer.PodSelector != nil {
		s.checkNone(o, selector(peer.PodSelector))
	}
	return pods
}

// isPeer reports whether a peer of a policy stands for a pod.
func (s *set) isPeer(policy object, peer networkingv1.NetworkPolicyPeer, pod object) bool {
	if peer.IPBlock != nil {
		return false
	}
	if peer.NamespaceSelector == nil && pod.namespace != policy.namespace {
		return false
	}
	if peer.NamespaceSelector != nil && !selector(peer.NamespaceSelector).Matches(s.namespaceLabels(pod.namespace)) {
		return false
	}
	return peer.PodSelector == nil || selector(peer.PodSelector).Matches(labels.Set(template(pod).Labels))
}

// namespaceLabels returns the labels of a namespace, with the one that Kubernetes itself sets.
func (s *set) namespaceLabels(name string) labels.Set {
	all := labels.Set{corev1.LabelMetadataName: name}
	if o, ok := s.find(object{}, "Namespace", name); ok {
		if content, ok := o.content.(*corev1.Namespace); ok {
			maps.Copy(all, content.Labels)
		}
	}
	return all
}

func (s *set) checkPorts(o object, ports []networkingv1.NetworkPolicyPort, pods []object) {
	for _, port := range ports {
		if port.Port == nil || port.EndPort != nil || len(pods) == 0 {
			continue
		}
		if !slices.ContainsFunc(pods, func(target object) bool { _, ok := resolve(template(target), *port.Port); return ok }) {
			s.refuse(o, "allows port %s, which none of the pods has", port.Port.String())
		}
	}
}

// opens reports whether the ports of a rule include a TCP port of a pod. A rule without ports opens all.
func opens(ports []networkingv1.NetworkPolicyPort, pod object, number int32) bool {
	return len(ports) == 0 || slices.ContainsFunc(ports, func(p networkingv1.NetworkPolicyPort) bool {
		switch {
		case p.Protocol != nil && *p.Protocol != corev1.ProtocolTCP:
			return false
		case p.Port == nil:
			return true
		case p.EndPort != nil:
			return p.Port.IntVal <= number && number <= *p.EndPort
		case p.Port.Type == intstr.Int:
			return p.Port.IntVal == number
		}
		named, ok := resolve(template(pod), *p.Port)
		return ok && named == number
	})
}

// selects reports whether a policy applies to a pod.
func selects(o object, policy *networkingv1.NetworkPolicy, pod object) bool {
	return o.namespace == pod.namespace && selector(&policy.Spec.PodSelector).Matches(labels.Set(template(pod).Labels))
}
