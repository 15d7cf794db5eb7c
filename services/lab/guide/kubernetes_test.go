package guide

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// copies are the files in deploy/kubernetes/config and what they are copies of.
var copies = map[string]string{
	"agent/otel-collector-config.yaml": "otel-collector-config.yaml",
	"agent/metrics.yaml":               "deploy/metrics/collector.yaml",
	"agent/resolver-k8s.yaml":          "deploy/pipeline/resolver-k8s.yaml",
	"agent/resolver-dns.yaml":          "deploy/pipeline/resolver-dns.yaml",
	"agent/agent-kafka.yaml":           "deploy/pipeline/agent-kafka.yaml",
	"agent/agent-gateways.yaml":        "deploy/pipeline/agent-gateways.yaml",
	"agent/agent-twice.yaml":           "deploy/pipeline/agent-twice.yaml",
	"gateway/gateway.yaml":             "deploy/pipeline/gateway.yaml",
	"gateway/gateway-kafka.yaml":       "deploy/pipeline/gateway-kafka.yaml",
	"gateway/ingester.yaml":            "deploy/pipeline/ingester.yaml",
	"gateway/otelcol-tail.yaml":        "deploy/otelcol-tail.yaml",
	"jaeger/jaeger.yaml":               "deploy/jaeger.yaml",
	"jaeger/jaeger-memory.yaml":        "deploy/jaeger-memory.yaml",
	"jaeger/jaeger-clickhouse.yaml":    "deploy/jaeger-clickhouse.yaml",
	"jaeger/jaeger-cassandra.yaml":     "deploy/jaeger-cassandra.yaml",
	"jaeger/jaeger-opensearch.yaml":    "deploy/jaeger-opensearch.yaml",
	"jaeger/jaeger-mcp-on.yaml":        "deploy/jaeger-mcp-on.yaml",
	"jaeger/metrics.yaml":              "deploy/metrics/jaeger.yaml",
	"prometheus/alerts.yaml":           "deploy/metrics/alerts.yaml",
	"postgres/init.sql":                "deploy/postgres/init.sql",
}

// A cluster runs with the configuration that make up and docker compose run with: what goes into its ConfigMaps is a copy.
func TestCopies(t *testing.T) {
	config := filepath.Join(root, "deploy", "kubernetes", "config")
	for name, source := range copies {
		want, err := os.ReadFile(filepath.Join(root, source))
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(config, name)
		got, err := os.ReadFile(file)
		switch {
		case err == nil && string(got) == string(want):
		case *update:
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("%s is not a copy of %s (go test ./services/lab/guide -run Copies -update writes it): %v\n%s",
				file, source, err, cmp.Diff(string(want), string(got)))
		}
	}
	files, err := filepath.Glob(filepath.Join(config, "*", "*"))
	if err != nil || len(files) < len(copies) {
		t.Fatalf("got %d files in %s, want at least %d: %v", len(files), config, len(copies), err)
	}
	for _, file := range files {
		name, _ := filepath.Rel(config, file)
		if filepath.Base(name) != "kustomization.yaml" && copies[filepath.ToSlash(name)] == "" {
			t.Errorf("%s is a copy of nothing: name its original in copies", file)
		}
	}
}
