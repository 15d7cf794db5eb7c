package native

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What divides the memory of agents and gateways follows from OTELCOL_MEMORY_MIB, and whatever is set stays. A Collector alone does
// as Go does.
func TestPipelineMemory(t *testing.T) {
	for _, c := range []struct{ given, agent, gateway string }{
		{"PIPELINE=direct", "", ""},
		{"PIPELINE=kafka", "GOGC=400 GOMEMLIMIT=179MiB", "GOGC=400 GOMEMLIMIT=358MiB OTELCOL_NUM_TRACES=6656 OTELCOL_DECISIONS=66560"},
		{"PIPELINE=kafka OTELCOL_MEMORY_MIB=2000", "OTELCOL_MEMORY_MIB=2000 GOGC=400 GOMEMLIMIT=1400MiB",
			"OTELCOL_MEMORY_MIB=2000 GOGC=400 GOMEMLIMIT=1400MiB OTELCOL_NUM_TRACES=26000 OTELCOL_DECISIONS=260000"},
		{"PIPELINE=kafka GOGC=50 GOMEMLIMIT=1GiB OTELCOL_NUM_TRACES=200", "GOGC=50 GOMEMLIMIT=1GiB OTELCOL_NUM_TRACES=200",
			"GOGC=50 GOMEMLIMIT=1GiB OTELCOL_NUM_TRACES=200 OTELCOL_DECISIONS=2000"},
	} {
		s, err := FromEnv("/src", strings.Fields(c.given))
		if err != nil {
			t.Fatal(err)
		}
		memory := regexp.MustCompile(`^(GO|` + memoryMiB + `|` + numTraces + `|` + decisions + `)`)
		of := func(p Program) string {
			return strings.Join(slices.DeleteFunc(p.Env, func(v string) bool { return !memory.MatchString(v) }), " ")
		}
		if got := of(s.agent(Collector)); got != c.agent {
			t.Errorf("agent with %s: got %s, want %s", c.given, got, c.agent)
		}
		if got := of(s.gateway(Gateway(1))); c.gateway != "" && got != c.gateway {
			t.Errorf("gateway with %s: got %s, want %s", c.given, got, c.gateway)
		}
	}
	if _, err := FromEnv("/src", []string{"PIPELINE=kafka", memoryMiB + "=1G"}); err == nil {
		t.Errorf("%s=1G is accepted", memoryMiB)
	}
}

// The files have the values that follow from their own default of OTELCOL_MEMORY_MIB.
func TestMemoryDefaults(t *testing.T) {
	for name, want := range map[string]map[string]int{
		"otel-collector-config.yaml":   {memoryMiB: agentMiB},
		"deploy/pipeline/gateway.yaml": {memoryMiB: gatewayMiB, numTraces: gatewayMiB * perMiB, decisions: gatewayMiB * perMiB * perTrace},
	} {
		text, err := os.ReadFile(filepath.Join(sourceTree(t), name))
		if err != nil {
			t.Fatal(err)
		}
		for variable, value := range want {
			if !strings.Contains(string(text), "${env:"+variable+":-"+strconv.Itoa(value)+"}") {
				t.Errorf("%s does not set %s to %d", name, variable, value)
			}
		}
	}
}

// A gateway that has as many undecided traces as it may, and remembers as many decisions, stays below GOMEMLIMIT, so that Go does
// not collect garbage all the time and memory_limiter refuses nothing. The figures are those of lab capacity.
func TestMemoryIsEnough(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(sourceTree(t), "docs/capacity.json"))
	if err != nil {
		t.Fatal(err)
	}
	var measured struct {
		Spans float64 `json:"spans_per_request"`
		Bytes struct {
			Memory struct{ High float64 }
		} `json:"bytes_per_span"`
		Idle struct{ High float64 } `json:"gateway_bytes"`
	}
	if err := json.Unmarshal(text, &measured); err != nil {
		t.Fatal(err)
	}
	const mib, decisionBytes = 1 << 20, 130 // docs/capacity.md says where the second is from
	traces := float64(gatewayMiB * perMiB)
	need := traces*measured.Spans*measured.Bytes.Memory.High + 2*traces*perTrace*decisionBytes + measured.Idle.High
	if limit := float64(gatewayMiB * percentGo / 100 * mib); measured.Bytes.Memory.High < 1000 || measured.Idle.High < 1e6 || need > limit {
		t.Errorf("%.0f traces of %g spans of %.0f B need %.0f MiB, and GOMEMLIMIT is %.0f MiB",
			traces, measured.Spans, measured.Bytes.Memory.High, need/mib, limit/mib)
	}
}
