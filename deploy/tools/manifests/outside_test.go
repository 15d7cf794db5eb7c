package main

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	sigsyaml "sigs.k8s.io/yaml"
)

// target is a host and a port in a value, wherever it is.
var target = regexp.MustCompile(`(?:^|["@/])([a-z][a-z0-9.-]*):(\d+)(?:$|[/"?])`)

// What is outside the overlay, such as a store or Kafka, can be reached too: the policies of the pod open its port to some address.
func TestOutside(t *testing.T) {
	checked := 0
	for overlay, objects := range rendered(t) {
		all := workloads(t, objects)
		for _, w := range all {
			for name, value := range w.environ() {
				m := target.FindStringSubmatch(value)
				if m == nil || strings.HasPrefix(name, "SHOWN_") || slices.ContainsFunc(all, func(to workload) bool { host, _, _ := strings.Cut(m[1], "."); return to.Name == host }) {
					continue
				}
				checked++
				if !leavesBy(t, objects, w, m[2]) {
					t.Errorf("%s: %s connects to %s=%s, and no policy opens port %s", overlay, w, name, value, m[2])
				}
			}
		}
	}
	if checked < 5 {
		t.Errorf("got %d addresses outside, want at least 5: the variables were not understood", checked)
	}
}

// leavesBy reports whether a policy lets the pods of a workload connect to a port.
func leavesBy(t *testing.T, objects []byte, w workload, port string) bool {
	t.Helper()
	for document := range bytes.SplitSeq(objects, []byte("\n---\n")) {
		var policy networkingv1.NetworkPolicy
		if sigsyaml.Unmarshal(document, &policy) != nil || policy.Kind != "NetworkPolicy" || policy.Namespace != w.Namespace {
			continue
		}
		selector, err := metav1.LabelSelectorAsSelector(&policy.Spec.PodSelector)
		if err != nil {
			t.Fatal(err)
		}
		if !selector.Matches(labels.Set(w.Spec.Template.Labels)) {
			continue
		}
		for _, rule := range policy.Spec.Egress {
			if slices.ContainsFunc(rule.Ports, func(p networkingv1.NetworkPolicyPort) bool { return p.Port.String() == port }) {
				return true
			}
		}
	}
	return false
}
