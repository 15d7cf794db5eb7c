package main

import (
	"cmp"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	sigsyaml "sigs.k8s.io/yaml"
)

// otherwise are the limits that differ from docker-compose.yml, with the reason.
var otherwise = map[string]string{
	"valkey": "64Mi", // 24 MiB are what it uses, and leave nothing for the kubelet's and runc's part in it
}

// A pod may use as much memory as its container of docker-compose.yml, for which the limits of Go's heap and the sizes of queues
// and caches were chosen.
func TestMemoryAsInCompose(t *testing.T) {
	text, err := os.ReadFile("../../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	compose := map[string]string{}
	block := regexp.MustCompile(`(?m)^  ([a-z-]+):\n(?:    .*\n|\n|  #.*\n)*?    mem_limit: (\d+)m`)
	for _, m := range block.FindAllStringSubmatch(string(text), -1) {
		compose[strings.Replace(m[1], "otel-collector", "otel-agent", 1)] = m[2] + "Mi"
	}
	for _, w := range workloads(t, rendered(t)["base"]) {
		resources := w.container().Resources
		want := cmp.Or(otherwise[w.Name], compose[w.Name])
		if limit := resources.Limits.Memory().String(); limit != want {
			t.Errorf("%s has a memory limit of %s, want %s (docker-compose.yml: %s)", w, limit, want, compose[w.Name])
		}
		if request := resources.Requests.Memory().String(); request != want {
			t.Errorf("%s requests %s of memory, less than its limit: its node could run out", w, request)
		}
	}
}

var maxConnections = regexp.MustCompile(`max_connections(?:=|: ")(\d+)`)

// duringRollout is how many pods of a service there may be beyond its replicas: one that starts, and two that stop, because each may
// take up to 75 s to finish its requests.
const duringRollout = 1 + 2

// All pods together, also during a rollout, open no more connections than PostgreSQL accepts, which keeps three for its superuser.
// One that is outside the cluster is not looked at.
func TestConnections(t *testing.T) {
	looked := 0
	for overlay, objects := range rendered(t) {
		m := maxConnections.FindStringSubmatch(string(objects))
		if m == nil {
			continue
		}
		looked++
		accepted, _ := strconv.Atoi(m[1])
		most := mostPods(t, string(objects))
		opened := 0
		for _, w := range workloads(t, objects) {
			if each, err := strconv.Atoi(w.environ()["DATABASE_CONNECTIONS"]); err == nil {
				pods := most[w.Name]
				if w.Spec.Replicas != nil {
					pods = int(*w.Spec.Replicas)
				}
				opened += (pods + duringRollout) * (each + 1)
			}
		}
		if opened == 0 || opened > accepted-3 {
			t.Errorf("%s: the services open up to %d connections, and PostgreSQL accepts %d", overlay, opened, accepted-3)
		}
	}
	if looked < 2 {
		t.Errorf("got %d overlays with a database, want base and production: max_connections was not found", looked)
	}
}

// mostPods returns how many pods an autoscaler may start, by the name of the workload.
func mostPods(t *testing.T, objects string) map[string]int {
	t.Helper()
	most := map[string]int{}
	for document := range strings.SplitSeq(objects, "\n---\n") {
		if !strings.Contains(document, "kind: HorizontalPodAutoscaler") {
			continue
		}
		var scaler autoscalingv2.HorizontalPodAutoscaler
		if err := sigsyaml.Unmarshal([]byte(document), &scaler); err != nil {
			t.Fatal(err)
		}
		most[scaler.Spec.ScaleTargetRef.Name] = int(scaler.Spec.MaxReplicas)
	}
	return most
}
