package setting

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"spanwise/lab/native"
)

const root = "../../.."

// internal are variables that no person sets: lab up sets them for the Collector and Jaeger, or the terminal does.
var internal = []string{"JAEGER_CONFIG_DIR", "JAEGER_DATA_DIR", "JAEGER_HOST", "JAEGER_OTLP_ENDPOINT", "LAB_LOGS_ENDPOINT",
	"OTELCOL_HOST", "OTELCOL_METRICS_LEVEL", "OTELCOL_PROCESSORS_tail", "OTELCOL_QUEUE_DIR", "TERM"}

// reads matches where Go code and the configuration files read a variable.
var reads = regexp.MustCompile(`[gG]etenv\("([A-Z_]+)"\)|\$\{env:(\w+)`)

// Every variable that a program reads is in one of the two lists.
func TestAllAreListed(t *testing.T) {
	known := slices.Clone(internal)
	for _, s := range All() {
		known = append(known, s.Names...)
	}
	for _, p := range native.Ports() {
		known = append(known, p.Variable)
	}
	files, err := filepath.Glob(filepath.Join(root, "deploy", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no configuration: %v, %v", files, err)
	}
	files = append(files, filepath.Join(root, "otel-collector-config.yaml"))
	err = filepath.WalkDir(filepath.Join(root, "services"), func(path string, entry fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range reads.FindAllStringSubmatch(string(text), -1) {
			name := m[1] + m[2]
			if !slices.Contains(known, name) && !strings.HasPrefix(name, "OTEL_") && !strings.HasPrefix(name, "GO") && !strings.HasPrefix(name, "TEST_") {
				t.Errorf("%s reads %s, which neither setting.All nor native.Ports lists", file, name)
			}
		}
	}
}

// No setting is listed twice.
func TestListedOnce(t *testing.T) {
	listed := map[string]bool{}
	for _, s := range All() {
		names := strings.Join(s.Names, ", ")
		if listed[names] {
			t.Errorf("%s is listed twice", names)
		}
		listed[names] = true
	}
}

// The help of lab up names every setting and port, without Markdown.
func TestHelp(t *testing.T) {
	var out bytes.Buffer
	Help(&out)
	for _, want := range []string{"PORT_OFFSET", "(default: 0)", "JAEGER_BIN, OTELCOL_BIN", "see docs/metrics.md (", "OTELCOL_METRICS_PORT", "8889"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got\n%s\nwant %q in it", &out, want)
		}
	}
	if strings.ContainsAny(out.String(), "`[]") {
		t.Errorf("got Markdown:\n%s", &out)
	}
}
