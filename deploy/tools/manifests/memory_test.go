package main

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The memory of the agents and gateways of a pipeline is divided as docs/scale.md says, and as make up does. An agent without a
// pipeline has the values of docker-compose.yml.
func TestPipelineMemory(t *testing.T) {
	compose := read(t, "../../../docker-compose.yml")
	looked, alone := 0, 0
	eachWorkload(t, func(t *testing.T, w workload) {
		env := w.environ()
		if env["OTELCOL_MEMORY_MIB"] == "" {
			return
		}
		if env["JAEGER_OTLP_ENDPOINT"] != "" && w.Kind == "DaemonSet" {
			alone++
			for _, name := range []string{"OTELCOL_MEMORY_MIB", "GOMEMLIMIT"} {
				if set := name + "=" + env[name]; !strings.Contains(compose, "      - "+set+"\n") {
					t.Errorf("%s has %s, which is not in docker-compose.yml", w, set)
				}
			}
			return
		}
		looked++
		memory, err := strconv.Atoi(env["OTELCOL_MEMORY_MIB"])
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"GOGC": "400", "GOMEMLIMIT": strconv.Itoa(memory*70/100) + "MiB"}
		if w.Kind == "StatefulSet" {
			want["OTELCOL_NUM_TRACES"], want["OTELCOL_DECISIONS"] = strconv.Itoa(13*memory), strconv.Itoa(130*memory)
		}
		for name, value := range want {
			if env[name] != value {
				t.Errorf("%s has %s=%s, want %s with %d MiB", w, name, env[name], value, memory)
			}
		}
		limits := w.container().Resources.Limits
		if limit := limits.Memory().Value() >> 20; limit*100 < int64(memory)*125 {
			t.Errorf("%s has a limit of %d MiB, want at least 125 %% of %d MiB", w, limit, memory)
		}
	})
	if looked < 8 {
		t.Errorf("looked at %d agents and gateways, want at least 8", looked)
	}
	if alone == 0 {
		t.Error("no overlay has an agent without a pipeline")
	}
}

// Gateways that read from Kafka have the names of their pods, so that one that is restarted gets its partitions back.
func TestKafkaInstances(t *testing.T) {
	looked := 0
	eachWorkload(t, func(t *testing.T, w workload) {
		if w.environ()["KAFKA_GROUP"] == "" {
			return
		}
		looked++
		for _, e := range w.container().Env {
			if e.Name == "KAFKA_INSTANCE" && e.ValueFrom != nil && e.ValueFrom.FieldRef != nil && e.ValueFrom.FieldRef.FieldPath == "metadata.name" {
				return
			}
		}
		t.Errorf("%s does not set KAFKA_INSTANCE to the name of its pod", w)
	})
	if looked == 0 {
		t.Error("no overlay reads from Kafka")
	}
}

// number returns the number that a pattern finds in a text.
func number(t *testing.T, text, pattern string) int {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("found no %s", pattern)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
