package main

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Starting a container takes memory of its limit for runc, and so does each command of a probe: 10 MB were not always enough
// (https://github.com/opencontainers/runc/issues/1980).
var (
	toStart = resource.MustParse("16Mi")
	toExec  = resource.MustParse("128Mi")
)

// Every container has the memory that it takes to start it, and a small one is not probed by commands, which would count against
// its limit again and again.
func TestMemoryToStart(t *testing.T) {
	eachWorkload(t, func(t *testing.T, w workload) {
		spec := w.Spec.Template.Spec
		for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
			limit := c.Resources.Limits.Memory()
			if limit.Cmp(toStart) < 0 {
				t.Errorf("%s: container %s has %s of memory, want at least %s to start it", w, c.Name, limit, &toStart)
			}
			for _, probe := range []*corev1.Probe{c.StartupProbe, c.ReadinessProbe, c.LivenessProbe} {
				if probe != nil && probe.Exec != nil && limit.Cmp(toExec) < 0 {
					t.Errorf("%s: container %s has %s of memory, of which a probe takes some for %v: ask a port", w, c.Name, limit, probe.Exec.Command)
				}
			}
		}
	})
}

// Go collects garbage before the kernel kills: GOMEMLIMIT leaves something for what Go does not count.
func TestGoMemory(t *testing.T) {
	looked := 0
	eachWorkload(t, func(t *testing.T, w workload) {
		set := w.environ()["GOMEMLIMIT"]
		if set == "" {
			return
		}
		looked++
		memory, err := resource.ParseQuantity(strings.TrimSuffix(set, "B"))
		if err != nil {
			t.Fatalf("%s has GOMEMLIMIT=%s: %v", w, set, err)
		}
		limits := w.container().Resources.Limits
		if limit := limits.Memory(); memory.Value()*100 > limit.Value()*85 {
			t.Errorf("%s has GOMEMLIMIT=%s, want at most 85 %% of its %s", w, set, limit)
		}
	})
	if looked < 8 {
		t.Errorf("looked at %d programs, want at least 8", looked)
	}
}

// A pod that is reached only from its own node is on every node, also on those with a taint.
func TestAgentEverywhere(t *testing.T) {
	looked := 0
	eachWorkload(t, func(t *testing.T, w workload) {
		if w.Kind != "DaemonSet" {
			return
		}
		looked++
		everywhere := func(x corev1.Toleration) bool {
			return x.Operator == corev1.TolerationOpExists && x.Key == "" && x.Effect == ""
		}
		if !slices.ContainsFunc(w.Spec.Template.Spec.Tolerations, everywhere) {
			t.Errorf("%s is not on nodes with a taint, and pods there have no agent", w)
		}
	})
	if looked == 0 {
		t.Error("no overlay has a DaemonSet")
	}
}

// Where there are several Jaegers, each makes its senders connect again from time to time, or one of them may get everything.
func TestJaegersShare(t *testing.T) {
	looked := 0
	eachWorkload(t, func(t *testing.T, w workload) {
		if w.Name != "jaeger" || w.Spec.Replicas == nil || *w.Spec.Replicas < 2 {
			return
		}
		looked++
		if !strings.Contains(w.files()["/etc/jaeger/jaeger.yaml"], " max_connection_age: ") {
			t.Errorf("%s: a sender stays with the one that it first connected to: set max_connection_age", w)
		}
	})
	if looked == 0 {
		t.Error("no overlay has several Jaegers")
	}
}
