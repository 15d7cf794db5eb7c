package check

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// checkSecurity finds pods that their namespace would refuse. The API server accepts a Deployment of them, whose pods then never
// appear.
func (s *set) checkSecurity(o object, pod *corev1.PodTemplateSpec) {
	namespace, ok := s.find(o, "Namespace", o.namespace)
	if !ok {
		return
	}
	content, ok := namespace.content.(*corev1.Namespace)
	if !ok {
		return
	}
	level, err := api.ParseLevel(content.Labels[api.EnforceLevelLabel])
	if err != nil || content.Labels[api.EnforceLevelLabel] == "" {
		return // the label's value is among the rules of a Namespace
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		panic(err) // the list of checks is Kubernetes' own
	}
	latest := api.LevelVersion{Level: level, Version: api.LatestVersion()}
	for _, result := range evaluator.EvaluatePod(latest, &pod.ObjectMeta, &pod.Spec) {
		if !result.Allowed {
			s.refuse(o, "its namespace enforces the pod security level %q, and refuses the pods: %s: %s",
				level, result.ForbiddenReason, result.ForbiddenDetail)
		}
	}
}
