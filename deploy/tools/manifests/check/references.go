package check

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// checkReferences finds what a pod waits for in vain: it does not start before its ConfigMaps, Secrets, volume claims and
// ServiceAccount exist.
func (s *set) checkReferences(o object, pod *corev1.PodTemplateSpec) {
	if account := pod.Spec.ServiceAccountName; account != "" {
		s.need(o, "ServiceAccount", account)
	}
	if class := pod.Spec.PriorityClassName; class != "" && !strings.HasPrefix(class, "system-") {
		s.need(o, "PriorityClass", class)
	}
	for _, secret := range pod.Spec.ImagePullSecrets {
		s.need(o, "Secret", secret.Name)
	}
	for _, volume := range pod.Spec.Volumes {
		s.checkVolume(o, volume)
	}
	for _, c := range containers(pod) {
		for _, from := range c.EnvFrom {
			if r := from.ConfigMapRef; r != nil && !given(r.Optional) {
				s.need(o, "ConfigMap", r.Name)
			}
			if r := from.SecretRef; r != nil && !given(r.Optional) {
				s.need(o, "Secret", r.Name)
			}
		}
		for _, env := range c.Env {
			if env.ValueFrom == nil {
				continue
			}
			if r := env.ValueFrom.ConfigMapKeyRef; r != nil && !given(r.Optional) {
				s.need(o, "ConfigMap", r.Name, r.Key)
			}
			if r := env.ValueFrom.SecretKeyRef; r != nil && !given(r.Optional) {
				s.need(o, "Secret", r.Name, r.Key)
			}
		}
		s.checkMounts(o, pod, c)
	}
}

func given(optional *bool) bool { return optional != nil && *optional }

func (s *set) checkVolume(o object, volume corev1.Volume) {
	if v := volume.ConfigMap; v != nil && !given(v.Optional) {
		s.need(o, "ConfigMap", v.Name, paths(v.Items)...)
	}
	if v := volume.Secret; v != nil && !given(v.Optional) {
		s.need(o, "Secret", v.SecretName, paths(v.Items)...)
	}
	if v := volume.PersistentVolumeClaim; v != nil {
		s.need(o, "PersistentVolumeClaim", v.ClaimName)
	}
	if v := volume.Projected; v != nil {
		for _, source := range v.Sources {
			if source.ConfigMap != nil && !given(source.ConfigMap.Optional) {
				s.need(o, "ConfigMap", source.ConfigMap.Name, paths(source.ConfigMap.Items)...)
			}
			if source.Secret != nil && !given(source.Secret.Optional) {
				s.need(o, "Secret", source.Secret.Name, paths(source.Secret.Items)...)
			}
		}
	}
}

func paths(items []corev1.KeyToPath) []string {
	var keys []string
	for _, item := range items {
		keys = append(keys, item.Key)
	}
	return keys
}

// checkMounts finds files that are mounted from a ConfigMap that does not contain them: the kubelet mounts an empty folder instead.
func (s *set) checkMounts(o object, pod *corev1.PodTemplateSpec, c corev1.Container) {
	for _, mount := range c.VolumeMounts {
		i := slices.IndexFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == mount.Name })
		if i < 0 || mount.SubPath == "" || pod.Spec.Volumes[i].ConfigMap == nil || pod.Spec.Volumes[i].ConfigMap.Items != nil {
			continue
		}
		s.need(o, "ConfigMap", pod.Spec.Volumes[i].ConfigMap.Name, mount.SubPath)
	}
}

// need refuses a reference to an object that does not exist, or does not have the keys.
func (s *set) need(o object, kind, name string, keys ...string) {
	if kind == "ServiceAccount" && name == "default" {
		return // every namespace has it
	}
	target, ok := s.find(o, kind, name)
	if !ok {
		if !s.exists(o, kind, name) {
			s.refuse(o, "needs %s/%s, which is not in the manifest: add it or, if something else creates it, its name to exceptions.yaml",
				kind, name)
		}
		return
	}
	var has []string
	switch content := target.content.(type) {
	case *corev1.ConfigMap:
		has = slices.Concat(slices.Sorted(maps.Keys(content.Data)), slices.Sorted(maps.Keys(content.BinaryData)))
	case *corev1.Secret:
		has = slices.Concat(slices.Sorted(maps.Keys(content.Data)), slices.Sorted(maps.Keys(content.StringData)))
	default:
		return
	}
	for _, key := range keys {
		if !slices.Contains(has, key) {
			s.refuse(o, "needs %q of %s/%s, which has only %q", key, kind, name, has)
		}
	}
}
