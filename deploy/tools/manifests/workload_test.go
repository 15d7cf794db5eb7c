package main

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	sigsyaml "sigs.k8s.io/yaml"
)

// A workload is a Deployment, StatefulSet or DaemonSet of a rendered overlay, with what its pods read.
type workload struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Replicas *int32                 `json:"replicas"`
		Template corev1.PodTemplateSpec `json:"template"`
	} `json:"spec"`

	maps map[string]corev1.ConfigMap // of its namespace
}

func (w workload) String() string { return w.Kind + "/" + w.Name }

func (w workload) container() corev1.Container { return w.Spec.Template.Spec.Containers[0] }

// workloads returns those of a rendered overlay.
func workloads(t *testing.T, objects []byte) []workload {
	t.Helper()
	configs := map[string]map[string]corev1.ConfigMap{}
	var all []workload
	for document := range bytes.SplitSeq(objects, []byte("\n---\n")) {
		var w workload
		if err := sigsyaml.Unmarshal(document, &w); err != nil {
			continue // a kind whose replicas or template is something else
		}
		switch w.Kind {
		case "ConfigMap":
			var m corev1.ConfigMap
			if err := sigsyaml.Unmarshal(document, &m); err != nil {
				t.Fatal(err)
			}
			if configs[m.Namespace] == nil {
				configs[m.Namespace] = map[string]corev1.ConfigMap{}
			}
			configs[m.Namespace][m.Name] = m
		case "Deployment", "StatefulSet", "DaemonSet":
			all = append(all, w)
		}
	}
	if len(all) < 8 {
		t.Fatalf("got %d workloads, want at least 8: the objects were not understood", len(all))
	}
	for i := range all {
		all[i].maps = configs[all[i].Namespace]
	}
	return all
}

// variable is what Kubernetes replaces in the value of another variable.
var variable = regexp.MustCompile(`\$\(([A-Z_]+)\)`)

// environ returns the variables of the pod's first container, as the program gets them. A value from a Secret is its key.
func (w workload) environ() map[string]string {
	env := map[string]string{}
	for _, from := range w.container().EnvFrom {
		maps.Copy(env, w.maps[from.ConfigMapRef.Name].Data)
	}
	for _, e := range w.container().Env {
		value := e.Value
		switch from := e.ValueFrom; {
		case from != nil && from.ConfigMapKeyRef != nil:
			value = w.maps[from.ConfigMapKeyRef.Name].Data[from.ConfigMapKeyRef.Key]
		case from != nil && from.SecretKeyRef != nil:
			value = from.SecretKeyRef.Key
		case from != nil:
			value = w.Name
		}
		env[e.Name] = variable.ReplaceAllStringFunc(value, func(name string) string { return env[strings.Trim(name, "$()")] })
	}
	return env
}

// files returns what is mounted from ConfigMaps, by its path in the container.
func (w workload) files() map[string]string {
	files := map[string]string{}
	for _, mount := range w.container().VolumeMounts {
		for _, volume := range w.Spec.Template.Spec.Volumes {
			if volume.Name != mount.Name || volume.ConfigMap == nil {
				continue
			}
			for name, text := range w.maps[volume.ConfigMap.Name].Data {
				files[mount.MountPath+"/"+name] = text
			}
		}
	}
	return files
}

// configs returns the files that the arguments of a Collector or a Jaeger name, in their order.
func (w workload) configs() []string {
	var names []string
	for _, arg := range w.container().Args {
		if name, ok := strings.CutPrefix(arg, "--config="); ok {
			names = append(names, name)
		}
	}
	return names
}

// eachWorkload runs f for each workload of each overlay.
func eachWorkload(t *testing.T, f func(t *testing.T, w workload)) {
	t.Helper()
	all := rendered(t)
	for _, overlay := range slices.Sorted(maps.Keys(all)) {
		for _, w := range workloads(t, all[overlay]) {
			t.Run(overlay+"/"+w.Name, func(t *testing.T) { f(t, w) })
		}
	}
}
