package main

import (
	"fmt"
	"os"
	"path/filepath"

	sigsyaml "sigs.k8s.io/yaml"

	"spanwise/tools/manifests/check"
)

// exceptions are what a person has looked at and accepts, each with its reason. They are the file exceptions.yaml of a folder of
// manifests.
type exceptions struct {
	check.Known
	Score []scoreExcuse `json:"kube-score"`
}

// A scoreExcuse accepts what kube-score says about some objects.
type scoreExcuse struct {
	Check   string   `json:"check"`   // its id there
	Says    string   `json:"says"`    // one of its comments
	Objects []string `json:"objects"` // as "Deployment/order"; "*" is each
	In      []string `json:"in"`      // the kustomizations, as "overlays/kafka"; all if empty
	Reason  string   `json:"reason"`
}

func readExceptions(root string) (exceptions, error) {
	var e exceptions
	name := filepath.Join(root, "exceptions.yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		return e, fmt.Errorf("read the exceptions, without which most manifests have faults: %w", err)
	}
	if err := sigsyaml.UnmarshalStrict(text, &e); err != nil {
		return e, fmt.Errorf("%s: %w", name, err)
	}
	return e, nil
}
