package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// built returns the path of a program that the lab builds, or "" if it was not built yet.
func built(t *testing.T, name string) string {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("../../../.bin", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil {
		return ""
	}
	return file
}

// knownLater is what the Jaeger that is built from its module does not know yet: the setting ttl of ClickHouse.
var knownLater = regexp.MustCompile(`(?m)^  ttl: .*\n`)

// Collectors and Jaegers accept their files with the variables of their pods. Jaeger is checked without what its older version does
// not know: its MCP file, and the setting above.
func TestValidate(t *testing.T) {
	programs := map[string]string{"otelcol": built(t, "otelcol-scale"), "jaeger": built(t, "jaeger")}
	eachWorkload(t, func(t *testing.T, w workload) {
		if len(w.configs()) == 0 {
			return
		}
		program := programs[w.container().Name]
		if program == "" {
			t.Skipf("no %s: PIPELINE=gateways make up builds it", w.container().Name)
		}
		dir := t.TempDir()
		for name, text := range w.files() {
			if strings.HasSuffix(name, "clickhouse.yaml") {
				text = knownLater.ReplaceAllString(text, "")
			}
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		args := []string{"validate"}
		for _, name := range w.configs() {
			if !strings.HasSuffix(name, "-mcp-on.yaml") {
				args = append(args, "--config="+filepath.Join(dir, filepath.Base(name)))
			}
		}
		command := exec.CommandContext(t.Context(), program, args...)
		for name, value := range w.environ() {
			// Folders of the container are not on this machine.
			if name == "JAEGER_CONFIG_DIR" || name == "OTELCOL_QUEUE_DIR" {
				value = dir
			}
			command.Env = append(command.Env, name+"="+value)
		}
		if output, err := command.CombinedOutput(); err != nil {
			t.Errorf("%s refuses its files: %v\n%s", w, err, output)
		}
	})
}
