package check

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// address is a host and a port in the value of a variable, in a URL or alone.
var address = regexp.MustCompile(`(?:^|://(?:[^/@\s]*@)?)([a-z][a-z0-9.-]*):([0-9]+)(?:[/?]|$)`)

// checkAddresses finds variables that name a Service, or a port of one, that is not there or may not be reached.
func (s *set) checkAddresses(o object, c corev1.Container) {
	for _, env := range s.environment(o, c) {
		match := address.FindStringSubmatch(env.Value)
		if match == nil {
			continue
		}
		where := "container " + c.Name + ": " + env.Name + "=" + env.Value
		host, near := match[1], o
		if name, rest, ok := strings.Cut(host, "."); ok {
			namespace, domain, _ := strings.Cut(rest, ".")
			if domain != "" && domain != "svc" && !strings.HasPrefix(domain, "svc.") {
				continue // outside the cluster
			}
			host, near.namespace = name, namespace
		}
		port, err := strconv.ParseInt(match[2], 10, 32)
		if host == "localhost" || err != nil {
			continue
		}
		s.checkAddress(o, where, near, host, int32(port))
	}
}

func (s *set) checkAddress(o object, where string, near object, host string, port int32) {
	target, ok := s.find(near, "Service", host)
	if !ok {
		if !s.exists(near, "Service", host) {
			s.refuse(o, "%s: there is no Service/%s in the manifest: correct the name or, if something else creates it, "+
				"add it to exceptions.yaml", where, host)
		}
		return
	}
	service, ok := target.content.(*corev1.Service)
	if !ok || service.Spec.Type == corev1.ServiceTypeExternalName { // which is another name of a host, and has all its ports
		return
	}
	i := slices.IndexFunc(service.Spec.Ports, func(p corev1.ServicePort) bool { return p.Port == port })
	if i < 0 {
		s.refuse(o, "%s: %s has no port %d", where, target, port)
		return
	}
	for _, pod := range s.selected(target, labels.SelectorFromSet(service.Spec.Selector)) {
		if number, ok := resolve(template(pod), service.Spec.Ports[i].TargetPort); ok && !s.connects(o, pod, number) {
			s.refuse(o, "%s: the network policies do not let it connect to %s at port %d", where, pod, number)
		}
	}
}

// environment returns the variables of a container whose values are in the manifest.
func (s *set) environment(o object, c corev1.Container) []corev1.EnvVar {
	var all []corev1.EnvVar
	for _, from := range c.EnvFrom {
		if from.ConfigMapRef == nil {
			continue
		}
		if source, ok := s.find(o, "ConfigMap", from.ConfigMapRef.Name); ok {
			if content, ok := source.content.(*corev1.ConfigMap); ok {
				for _, key := range slices.Sorted(maps.Keys(content.Data)) {
					all = append(all, corev1.EnvVar{Name: from.Prefix + key, Value: content.Data[key]})
				}
			}
		}
	}
	return append(all, c.Env...)
}
