package check

import (
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	sigsyaml "sigs.k8s.io/yaml"
)

// checkScaling finds what cannot scale, and what cannot be evicted.
func (s *set) checkScaling(o object) {
	switch content := o.content.(type) {
	case *autoscalingv2.HorizontalPodAutoscaler:
		s.checkAutoscaler(o, content.Spec)
	case *policyv1.PodDisruptionBudget:
		for _, target := range s.selected(o, selector(content.Spec.Selector)) {
			s.checkBudget(o, content.Spec, target)
		}
	}
}

// replicas returns the number of pods that the text of an object asks for, without the default.
func replicas(o object) *int {
	var head struct {
		Spec struct {
			Replicas *int `json:"replicas"`
		} `json:"spec"`
	}
	if err := sigsyaml.Unmarshal(o.document, &head); err != nil {
		return nil // refused when it was decoded
	}
	return head.Spec.Replicas
}

func (s *set) checkAutoscaler(o object, spec autoscalingv2.HorizontalPodAutoscalerSpec) {
	target, ok := s.find(o, spec.ScaleTargetRef.Kind, spec.ScaleTargetRef.Name)
	if !ok {
		s.need(o, spec.ScaleTargetRef.Kind, spec.ScaleTargetRef.Name)
		return
	}
	if replicas(target) != nil {
		s.refuse(o, "scales %s, whose replicas are set too, so that every apply undoes the scaling: remove replicas there", target)
	}
	pod := template(target)
	if pod == nil {
		return
	}
	for _, metric := range spec.Metrics {
		if metric.Resource == nil || metric.Resource.Target.AverageUtilization == nil {
			continue
		}
		for _, c := range pod.Spec.Containers {
			if _, ok := c.Resources.Requests[metric.Resource.Name]; !ok {
				s.refuse(o, "scales by a percentage of the %s request, and container %s of %s has none", metric.Resource.Name, c.Name, target)
			}
		}
	}
}

// checkBudget finds a disruption budget that never lets a pod go, so that its node cannot be drained.
func (s *set) checkBudget(o object, spec policyv1.PodDisruptionBudgetSpec, target object) {
	pods := 1
	if n := replicas(target); n != nil {
		pods = *n
	}
	for _, scaler := range s.objects {
		content, ok := scaler.content.(*autoscalingv2.HorizontalPodAutoscaler)
		if ok && content.Spec.ScaleTargetRef.Kind == target.kind.Kind && content.Spec.ScaleTargetRef.Name == target.name {
			pods = int(*content.Spec.MinReplicas)
		}
	}
	stay := 0
	switch {
	case spec.MinAvailable != nil:
		stay, _ = intstr.GetScaledValueFromIntOrPercent(spec.MinAvailable, pods, true)
	case spec.MaxUnavailable != nil:
		gone, _ := intstr.GetScaledValueFromIntOrPercent(spec.MaxUnavailable, pods, true)
		stay = pods - gone
	}
	if stay >= pods {
		s.refuse(o, "lets no pod of %s go, which has %d: a drain of its node waits for ever", target, pods)
	}
}
