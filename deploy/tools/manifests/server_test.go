//go:build linux

package main

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	sigsyaml "sigs.k8s.io/yaml"

	"spanwise/tools/manifests/apiserver"
	"spanwise/tools/manifests/check"
	"spanwise/tools/manifests/page"
)

// A real API server accepts everything that people apply, without a warning, and gives each account the rights that the
// documentation lists, and no others.
func TestServer(t *testing.T) {
	server := apiserver.ForTest(t)
	all := rendered(t)
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		documents := check.Documents(all[name])
		for _, document := range documents {
			prepare(t, server, document)
		}
		_, says, err := server.Kubectl(t.Context(), nil, "apply", "--server-side", "--dry-run=server", "-k", filepath.Join(root, name))
		if err != nil || says != "" {
			t.Errorf("%s: got %q and %v, want neither a warning nor an error", name, says, err)
		}
		rows = append(rows, rights(t, server, name, documents)...)
	}
	page.Compare(t, "rights", page.Table([]string{"applied", "account", "may", "in the namespace"}, rows))
}

// A head is the beginning of every object.
type head struct {
	APIVersion string
	Kind       string
	Metadata   struct{ Name, Namespace string }
}

func headOf(t *testing.T, document []byte) head {
	t.Helper()
	var h head
	if err := sigsyaml.Unmarshal(document, &h); err != nil {
		t.Fatal(err)
	}
	return h
}

// prepare creates what a dry run does not create for the objects that need it: namespaces, and definitions of custom resources.
func prepare(t *testing.T, server *apiserver.Server, document []byte) {
	t.Helper()
	h := headOf(t, document)
	group, version, _ := strings.Cut(h.APIVersion, "/")
	custom := slices.ContainsFunc(known(t).Kinds, func(e check.Excuse) bool { return e.Name == h.Kind+"."+group })
	switch {
	case h.Kind == "Namespace":
		apply(t, server, document)
	case custom:
		defineCustom(t, server, group, version, h.Kind)
	}
}

// defineCustom defines a custom resource whose content is not checked. The real definition comes with its operator.
func defineCustom(t *testing.T, server *apiserver.Server, group, version, kind string) {
	t.Helper()
	plural := strings.ToLower(kind) + "s"
	apply(t, server, []byte(strings.NewReplacer("GROUP", group, "VERSION", version, "KIND", kind, "PLURAL", plural).Replace(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: PLURAL.GROUP}
spec:
  group: GROUP
  scope: Namespaced
  names: {kind: KIND, plural: PLURAL}
  versions:
    - name: VERSION
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`)))
	if _, _, err := server.Kubectl(t.Context(), nil, "wait", "--for=condition=Established", "crd/"+plural+"."+group); err != nil {
		t.Fatal(err)
	}
}

func apply(t *testing.T, server *apiserver.Server, document []byte) {
	t.Helper()
	if _, _, err := server.Kubectl(t.Context(), document, "apply", "--server-side", "-f", "-"); err != nil {
		t.Fatal(err)
	}
}
