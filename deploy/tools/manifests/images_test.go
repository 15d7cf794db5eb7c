package main

import (
	"slices"
	"strings"
	"testing"

	sigsyaml "sigs.k8s.io/yaml"
)

// Every image has a line in components/images, so that this file alone decides where images come from.
func TestImages(t *testing.T) {
	var component struct {
		Images []struct{ Name, NewName string }
	}
	if err := sigsyaml.Unmarshal([]byte(read(t, root+"/components/images/kustomization.yaml")), &component); err != nil {
		t.Fatal(err)
	}
	original, used := map[string]string{}, map[string]bool{}
	for _, image := range component.Images {
		original[image.NewName], used[image.Name] = image.Name, false
	}
	eachWorkload(t, func(t *testing.T, w workload) {
		spec := w.Spec.Template.Spec
		for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
			name, _, _ := strings.Cut(c.Image[strings.LastIndex(c.Image, "/")+1:], ":")
			name = c.Image[:strings.LastIndex(c.Image, "/")+1] + name
			listed, replaced := original[name]
			if !replaced && !strings.Contains(t.Name(), "/production") {
				listed = name
			}
			if _, ok := used[listed]; !ok {
				t.Errorf("%s: components/images has no line for %s", w, c.Image)
				continue
			}
			used[listed] = true
		}
	})
	for name, needed := range used {
		if !needed {
			t.Errorf("components/images has a line for %s, which nothing uses", name)
		}
	}
}
