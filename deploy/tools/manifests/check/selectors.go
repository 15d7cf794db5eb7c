package check

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// selected returns the objects in the same namespace whose pods a selector selects.
func (s *set) selected(near object, selector labels.Selector) []object {
	return slices.DeleteFunc(slices.Clone(s.objects), func(o object) bool {
		pod := template(o)
		return pod == nil || o.namespace != near.namespace || !selector.Matches(labels.Set(pod.Labels))
	})
}

// selector returns a selector that was checked before, by the rules of its kind.
func selector(of *metav1.LabelSelector) labels.Selector {
	selector, err := metav1.LabelSelectorAsSelector(of)
	if err != nil {
		return labels.Nothing()
	}
	return selector
}

// checkSelectors finds selectors that select no pod, which no server refuses.
func (s *set) checkSelectors(o object) {
	switch content := o.content.(type) {
	case *corev1.Service:
		if len(content.Spec.Selector) > 0 {
			s.checkService(o, content)
		}
	case *policyv1.PodDisruptionBudget:
		s.checkSelects(o, selector(content.Spec.Selector))
	case *networkingv1.NetworkPolicy:
		s.checkSelects(o, selector(&content.Spec.PodSelector))
	case *appsv1.StatefulSet:
		if name := content.Spec.ServiceName; name != "" {
			s.need(o, "Service", name)
		}
	}
	if pod := template(o); pod != nil {
		for _, spread := range pod.Spec.TopologySpreadConstraints {
			if !selector(spread.LabelSelector).Matches(labels.Set(pod.Labels)) {
				s.refuse(o, "topologySpreadConstraints count pods with %s, and this pod is not one of them",
					metav1.FormatLabelSelector(spread.LabelSelector))
			}
		}
	}
}

func (s *set) checkSelects(o object, selector labels.Selector) []object {
	pods := s.selected(o, selector)
	if len(pods) == 0 {
		s.checkNone(o, selector)
	}
	return pods
}

// checkNone refuses a selector of no pod, unless something else creates such pods.
func (s *set) checkNone(o object, selector labels.Selector) {
	if !s.excused(s.known.Outside, "Pod/"+selector.String()) {
		s.refuse(o, "selects pods with %s, and there are none in the manifest", selector)
	}
}

// checkService finds ports of a Service that lead to no port of its pods.
func (s *set) checkService(o object, service *corev1.Service) {
	for _, target := range s.checkSelects(o, labels.SelectorFromSet(service.Spec.Selector)) {
		pod := template(target)
		for _, port := range service.Spec.Ports {
			number, ok := resolve(pod, port.TargetPort)
			switch {
			case !ok:
				s.refuse(o, "port %d leads to port %s, which %s does not declare", port.Port, port.TargetPort.String(), target)
			case service.Spec.ClusterIP == corev1.ClusterIPNone && number != port.Port:
				s.refuse(o, "has no cluster IP, so that nothing translates its port %d to port %d of %s: use the same number",
					port.Port, number, target)
			}
		}
	}
}

// resolve returns the number of a port that a container of the pod declares.
func resolve(pod *corev1.PodTemplateSpec, port intstr.IntOrString) (int32, bool) {
	for _, c := range containers(pod) {
		for _, p := range c.Ports {
			if port.Type == intstr.String && p.Name == port.StrVal || port.Type == intstr.Int && p.ContainerPort == port.IntVal {
				return p.ContainerPort, true
			}
		}
	}
	return 0, false
}
