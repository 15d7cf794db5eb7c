//go:build linux

package main

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spanwise/tools/manifests/apiserver"
	"spanwise/tools/manifests/process"
)

// startAgent starts a Collector with the files of an agent, as the ServiceAccount of the agents.
func startAgent(t *testing.T, server *apiserver.Server) *process.Process {
	t.Helper()
	token, _, err := server.Kubectl(t.Context(), nil, "create", "token", "otel-agent", "-n", "spanwise-agents")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "kubeconfig")
	if err := os.WriteFile(config, server.Kubeconfig(strings.TrimSpace(token)), 0o600); err != nil {
		t.Fatal(err)
	}
	var args []string
	for _, file := range []string{"otel-collector-config.yaml", "deploy/pipeline/agent-gateways.yaml", "deploy/pipeline/resolver-k8s.yaml"} {
		path, err := filepath.Abs(filepath.Join("../../..", file))
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, "--config="+path)
	}
	agent, err := process.Start(filepath.Join(os.Getenv("KUBERNETES_BIN"), "otelcol-scale"), filepath.Join(dir, "agent.log"), []string{
		"KUBECONFIG=" + config, "OTELCOL_GATEWAYS_SERVICE=otel-gateway.spanwise", "OTELCOL_QUEUE_DIR=" + filepath.Join(dir, "queue"),
	}, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(agent.Stop)
	return agent
}

// await waits until something is true.
func await(t *testing.T, agent *process.Process, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for !is() {
		select {
		case <-agent.Ended:
			t.Fatalf("the agent has ended before %s: %s", what, agent.LastLines())
		case <-ctx.Done():
			t.Fatalf("waited 2 minutes until %s: %s", what, agent.LastLines())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func healthy() bool {
	answer, err := http.Get("http://127.0.0.1:13133/")
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// backends returns how many gateways the agent knows, as it says in its metrics.
func backends() string {
	answer, err := http.Get("http://127.0.0.1:8888/metrics")
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "otelcol_loadbalancer_num_backends") {
			return lines.Text()[strings.LastIndex(lines.Text(), " ")+1:]
		}
	}
	return ""
}
