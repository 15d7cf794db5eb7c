package native

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A configuration that uses a variable in both ways in which the released Collector knows them.
const usesVariables = `receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:${env:TEST_PORT}"}}}}
exporters: {debug: {verbosity: "${TEST_VERBOSITY}"}}
service: {pipelines: {traces: {receivers: [otlp], exporters: [debug]}}}
`

// The Collector that make up builds replaces ${NAME} as the released one does, and not only ${env:NAME}.
func TestVariablesOfCollector(t *testing.T) {
	file := filepath.Join(sourceTree(t), ".bin", Collector)
	if _, err := os.Stat(file); err != nil {
		t.Skip("no Collector: make up builds one")
	}
	config := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(config, []byte(usesVariables), 0o644); err != nil {
		t.Fatal(err)
	}
	for verbosity, want := range map[string]string{"detailed": "", "talkative": "talkative"} {
		cmd := exec.CommandContext(t.Context(), file, "validate", "--config", config)
		cmd.Env = append(os.Environ(), "TEST_PORT=4317", "TEST_VERBOSITY="+verbosity)
		out, err := cmd.CombinedOutput()
		if (err == nil) != (want == "") || !strings.Contains(string(out), want) {
			t.Errorf("TEST_VERBOSITY=%s: got %v and\n%s\nwant an error: %v", verbosity, err, out, want != "")
		}
	}
}
