package check

import (
	"fmt"
	"regexp"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// template returns the pods that an object describes, or nil.
func template(o object) *corev1.PodTemplateSpec {
	switch content := o.content.(type) {
	case *appsv1.Deployment:
		return &content.Spec.Template
	case *appsv1.StatefulSet:
		return &content.Spec.Template
	case *appsv1.DaemonSet:
		return &content.Spec.Template
	case *batchv1.Job:
		return &content.Spec.Template
	case *batchv1.CronJob:
		return &content.Spec.JobTemplate.Spec.Template
	case *corev1.Pod:
		return &corev1.PodTemplateSpec{ObjectMeta: content.ObjectMeta, Spec: content.Spec}
	}
	return nil
}

// containers returns all containers of a pod, those first that run before the others.
func containers(pod *corev1.PodTemplateSpec) []corev1.Container {
	return slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers)
}

// checkPod looks at the pods that an object describes.
func (s *set) checkPod(o object) {
	pod := template(o)
	if pod == nil {
		return
	}
	s.checkReferences(o, pod)
	s.checkSecurity(o, pod)
	for _, c := range containers(pod) {
		for what, port := range asked(c) {
			if port.Type == intstr.String && !declares(c, port) {
				s.refuse(o, "container %s: %s names the port %q, which the container does not declare", c.Name, what, port.StrVal)
			}
		}
		s.checkEnvironment(o, c)
		s.checkAddresses(o, c)
		s.checkStop(o, pod, c)
	}
}

// asked returns the ports at which the kubelet sends requests to a container, by what sends them.
func asked(c corev1.Container) map[string]intstr.IntOrString {
	ports := map[string]intstr.IntOrString{}
	probes := map[string]*corev1.Probe{"readinessProbe": c.ReadinessProbe, "livenessProbe": c.LivenessProbe, "startupProbe": c.StartupProbe}
	for what, probe := range probes {
		switch {
		case probe == nil:
		case probe.HTTPGet != nil:
			ports[what] = probe.HTTPGet.Port
		case probe.TCPSocket != nil:
			ports[what] = probe.TCPSocket.Port
		}
	}
	if c.Lifecycle != nil && c.Lifecycle.PreStop != nil && c.Lifecycle.PreStop.HTTPGet != nil {
		ports["preStop"] = c.Lifecycle.PreStop.HTTPGet.Port
	}
	return ports
}

// declares reports whether a container declares a port, by its name or its number.
func declares(c corev1.Container, port intstr.IntOrString) bool {
	return slices.ContainsFunc(c.Ports, func(p corev1.ContainerPort) bool {
		return port.Type == intstr.String && p.Name == port.StrVal || port.Type == intstr.Int && p.ContainerPort == port.IntVal
	})
}

// variable is a reference to an environment variable, which Kubernetes replaces in values and arguments. $$( is not one.
var variable = regexp.MustCompile(`(?:^|[^$])\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)`)

// checkEnvironment finds references to variables that are not defined before they are used. Kubernetes leaves them as they are,
// so that the program reads "$(POD_NAME)".
func (s *set) checkEnvironment(o object, c corev1.Container) {
	defined := map[string]bool{}
	for _, env := range s.environment(o, corev1.Container{EnvFrom: c.EnvFrom}) {
		defined[env.Name] = true
	}
	undefined := func(where, text string) {
		for _, match := range variable.FindAllStringSubmatch(text, -1) {
			if !defined[match[1]] {
				s.refuse(o, "container %s: %s uses $(%s), which is not defined before it", c.Name, where, match[1])
			}
		}
	}
	for _, env := range c.Env {
		undefined("env "+env.Name, env.Value)
		defined[env.Name] = true
	}
	for i, arg := range slices.Concat(c.Command, c.Args) {
		undefined(fmt.Sprintf("argument %d", i+1), arg)
	}
}

// checkStop finds pods that are killed before they have stopped: the time that preStop takes counts as a part of the grace period.
func (s *set) checkStop(o object, pod *corev1.PodTemplateSpec, c corev1.Container) {
	if c.Lifecycle == nil || c.Lifecycle.PreStop == nil || c.Lifecycle.PreStop.Sleep == nil {
		return
	}
	if sleep, grace := c.Lifecycle.PreStop.Sleep.Seconds, *pod.Spec.TerminationGracePeriodSeconds; sleep >= grace {
		s.refuse(o, "container %s: preStop sleeps %d s of a terminationGracePeriodSeconds of %d, and leaves the program no time to stop",
			c.Name, sleep, grace)
	}
}
