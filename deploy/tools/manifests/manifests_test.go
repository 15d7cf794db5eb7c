package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"spanwise/tools/manifests/check"
)

// root is the folder of the manifests.
const root = "../../kubernetes"

// rendered returns the objects of the kustomizations that people apply, by their name.
func rendered(t *testing.T) map[string][]byte {
	t.Helper()
	names, err := check.Applied(root)
	if err != nil || len(names) < 2 {
		t.Fatalf("got %v and %v, want the base and the overlays", names, err)
	}
	all := map[string][]byte{}
	for _, name := range names {
		if all[name], err = check.Render(filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func known(t *testing.T) exceptions {
	t.Helper()
	e, err := readExceptions(root)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Nothing is wrong with the base and the overlays but the exceptions, all of which are still there and have a reason.
func TestManifests(t *testing.T) {
	exceptions := known(t).Known
	met := map[string][]string{}
	for name, objects := range rendered(t) {
		faults, names := check.All(objects, exceptions.For(name))
		for _, fault := range faults {
			t.Errorf("%s: %s", name, fault)
		}
		for _, e := range names {
			met[e] = append(met[e], name)
		}
	}
	for _, e := range slices.Concat(exceptions.Kinds, exceptions.Outside) {
		if len(met[e.Name]) == 0 {
			t.Errorf("the exception %s is not needed any more: remove it", e.Name)
		}
		for _, name := range e.In {
			if !slices.Contains(met[e.Name], name) {
				t.Errorf("the exception %s is not needed any more in %s: remove that", e.Name, name)
			}
		}
		if e.Reason == "" {
			t.Errorf("the exception %s has no reason", e.Name)
		}
	}
}

// Every kustomization is a part of the base or of an overlay, so that it is checked.
func TestReached(t *testing.T) {
	missing, err := check.Unreached(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range missing {
		t.Errorf("no overlay includes %s, so that nothing checks it", dir)
	}
}
