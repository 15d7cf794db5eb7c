#!/usr/bin/env bash
# Kustomize: the directive $retainKeys of a strategic merge patch has no effect, and becomes part of the manifest.
#
# $retainKeys names the keys that a patch leaves in an object, so that a patch can replace one member of a union by another. kubectl writes it itself for a Deployment's
# strategy and a Pod's volumes, and `kubectl patch` and the API server obey it (k8s.io/apimachinery, pkg/util/strategicpatch). Kustomize merges with its own code, whose
# only directive is $patch (kyaml, yaml/merge2/smpdirective.go), and merges $retainKeys like any field, without an error. So a Deployment that is patched to the strategy
# Recreate keeps rollingUpdate, which the API server rejects, and gets an unknown field. In Kustomize, `rollingUpdate: null` does what was meant.
#
# Output with kustomize/api v0.20.1 and apimachinery v0.35.4; a Deployment with rollingUpdate, and one patch:
#
#   strategy after the patch
#   by apimachinery  {"type":"Recreate"}
#   by Kustomize     {"$retainKeys":["type"],"rollingUpdate":{"maxSurge":1},"type":"Recreate"}
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module retain
go 1.26
require (
	k8s.io/api v0.35.4
	k8s.io/apimachinery v0.35.4
	sigs.k8s.io/kustomize/api v0.20.1
	sigs.k8s.io/kustomize/kyaml v0.20.1
)
MOD

cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"log"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

const (
	deployment = `{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
		"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}`
	patch = `{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
		"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}`
)

func main() {
	api, err := strategicpatch.StrategicMergePatch([]byte(deployment), []byte(patch), appsv1.Deployment{})
	check(err)

	dir := filesys.MakeFsInMemory()
	for name, content := range map[string]string{
		"deployment.yaml": deployment, "patch.yaml": patch,
		"kustomization.yaml": "resources: [deployment.yaml]\npatches: [{path: patch.yaml}]\n",
	} {
		check(dir.WriteFile(name, []byte(content)))
	}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(dir, ".")
	check(err)
	kustomize, err := built.Resources()[0].MarshalJSON()
	check(err)

	fmt.Println("strategy after the patch")
	fmt.Println("by apimachinery ", strategy(api))
	fmt.Println("by Kustomize    ", strategy(kustomize))
	if strategy(api) != `{"type":"Recreate"}` || strategy(kustomize) == strategy(api) {
		log.Fatal("this has changed")
	}
}

// strategy returns a Deployment's strategy as JSON, with its keys in alphabetical order.
func strategy(deployment []byte) string {
	var d struct {
		Spec struct{ Strategy map[string]any }
	}
	check(json.Unmarshal(deployment, &d))
	b, err := json.Marshal(d.Spec.Strategy)
	check(err)
	return string(b)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
GO
go mod tidy 2>tidy.log || { cat tidy.log >&2; exit 1; }
go run . 2>build.log || { cat build.log >&2; exit 1; }
