//go:build unix

package metrics

import (
	"os/exec"
	"testing"
)

// Prometheus accepts its configuration, and the alerts fire and stay silent as in their own tests.
func TestAlerts(t *testing.T) {
	if _, err := exec.LookPath("promtool"); err != nil {
		t.Skip("needs promtool in PATH, for example from apt-get install prometheus")
	}
	for _, args := range [][]string{
		{"check", "config", "prometheus.yaml"},
		{"test", "rules", "test_alerts.yaml"},
	} {
		cmd := exec.CommandContext(t.Context(), "promtool", args...)
		cmd.Dir = root + "/deploy/metrics"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
}
