package native

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A setting with which a Collector would not start, or not work, is refused with what is valid. One that is valid is not.
func TestCheckTuning(t *testing.T) {
	for setting, want := range map[string]string{
		"OTELCOL_NUM_TRACES=abc":       "OTELCOL_NUM_TRACES=abc: give it a whole number from 1 to 100000000, such as 6656",
		"OTELCOL_NUM_TRACES=0":         "from 1 to",
		"OTELCOL_NUM_TRACES=0100":      "from 1 to",
		"OTELCOL_NUM_TRACES=1":         "",
		"OTELCOL_DECISIONS=-1":         "OTELCOL_DECISIONS=-1: give it a whole number from 0 to 1000000000, such as 66560",
		"OTELCOL_DECISIONS=0":          "",
		"OTELCOL_QUEUE_SPANS=-1":       "OTELCOL_QUEUE_SPANS=-1: give it a whole number from 1024 to 1000000000000, such as 1000000",
		"OTELCOL_QUEUE_SPANS=1000":     "from 1024 to",
		"OTELCOL_QUEUE_SPANS=1024":     "",
		"OTELCOL_MEMORY_MIB=1":         "OTELCOL_MEMORY_MIB=1: give it a whole number from 32 to 1000000, such as 512",
		"OTELCOL_MEMORY_MIB=1G":        "from 32 to",
		"OTELCOL_MEMORY_MIB=32":        "",
		"OTELCOL_DECISION_WAIT=2":      "OTELCOL_DECISION_WAIT=2: give it whole seconds with their unit, at least 1s, such as 10s",
		"OTELCOL_DECISION_WAIT=1500ms": "whole seconds",
		"OTELCOL_DECISION_WAIT=0s":     "whole seconds",
		"OTELCOL_DECISION_WAIT=-3s":    "whole seconds",
		"OTELCOL_DECISION_WAIT=2000ms": "",
		"OTELCOL_DECISION_WAIT=1m":     "",
	} {
		for _, pipeline := range []string{"direct", "gateways", "kafka-twice"} {
			got := ""
			if _, err := FromEnv("/src", []string{"PIPELINE=" + pipeline, setting}); err != nil {
				got = err.Error()
			}
			if !strings.Contains(got, want) || (got == "") != (want == "") {
				t.Errorf("%s with the pipeline %s: got %q, want %q", setting, pipeline, got, want)
			}
		}
	}
	if _, err := Scratch("/src", t.TempDir(), nil, "OTELCOL_MEMORY_MIB=10"); err != nil {
		t.Errorf("a drill's memory: %v", err)
	}
	if _, err := Scratch("/src", t.TempDir(), nil, "OTELCOL_NUM_TRACES=many"); err == nil {
		t.Error("a drill's OTELCOL_NUM_TRACES=many is accepted")
	}
}

// The least queue is the least batch of every file that has a queue of that size.
func TestLeastQueue(t *testing.T) {
	for _, name := range []string{"otel-collector-config.yaml", "deploy/pipeline/gateway.yaml", "deploy/pipeline/agent-gateways.yaml",
		"deploy/pipeline/agent-twice.yaml", "deploy/pipeline/agent-kafka.yaml"} {
		text, err := os.ReadFile(filepath.Join(sourceTree(t), name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), queueSpans) || !strings.Contains(string(text), "min_size: "+strconv.Itoa(LeastQueue)+"\n") {
			t.Errorf("%s: want a queue of %s spans, and min_size: %d", name, queueSpans, LeastQueue)
		}
	}
}
