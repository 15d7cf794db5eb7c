package main

import (
	"encoding/json"
	"strings"
	"testing"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	sigsyaml "sigs.k8s.io/yaml"
)

// A capacity is what of docs/capacity.json is compared with the manifests.
type capacity struct {
	Spans float64 `json:"spans_per_request"`
	Parts []struct {
		Name string `json:"name"`
		Cost struct {
			Fixed struct{ High float64 } `json:"fixed_cores"`
		} `json:"cost"`
	} `json:"parts"`
}

func measured(t *testing.T) capacity {
	t.Helper()
	var c capacity
	if err := json.Unmarshal([]byte(read(t, "../../../docs/capacity.json")), &c); err != nil {
		t.Fatal(err)
	}
	if c.Spans == 0 || len(c.Parts) == 0 {
		t.Fatalf("got %+v: docs/capacity.json was not understood", c)
	}
	return c
}

// aboveFixed is how many times what a pod costs anyway an autoscaler's target must be.
const aboveFixed = 2

// An autoscaler's target is well above what a pod needs however few requests there are, by the highest that was measured. Otherwise
// each added pod needs about as much as it takes off the others, and a steady load starts as many pods as there may be.
func TestAutoscalerTargets(t *testing.T) {
	fixed := map[string]float64{}
	for _, part := range measured(t).Parts {
		fixed[part.Name] = max(fixed[part.Name], part.Cost.Fixed.High)
	}
	looked := 0
	for overlay, objects := range rendered(t) {
		requested := map[string]float64{}
		for _, w := range workloads(t, objects) {
			requests := w.container().Resources.Requests
			requested[w.Name] = requests.Cpu().AsApproximateFloat64()
		}
		for text := range strings.SplitSeq(string(objects), "\n---\n") {
			var scaler autoscalingv2.HorizontalPodAutoscaler
			if sigsyaml.Unmarshal([]byte(text), &scaler) != nil || scaler.Kind != "HorizontalPodAutoscaler" {
				continue
			}
			looked++
			name := scaler.Spec.ScaleTargetRef.Name
			least, ok := fixed[name]
			if !ok {
				t.Errorf("%s: docs/capacity.json does not say what a pod of %s costs", overlay, name)
			}
			for _, metric := range scaler.Spec.Metrics {
				target := requested[name] * float64(*metric.Resource.Target.AverageUtilization) / 100
				if target < aboveFixed*least {
					t.Errorf("%s: %s adds a pod at %.3f cores, and one costs up to %.3f without requests: want at least %d times that",
						overlay, name, target, least, aboveFixed)
				}
			}
		}
	}
	if looked < 6 {
		t.Errorf("looked at %d autoscalers, want those of three services in two overlays", looked)
	}
}
