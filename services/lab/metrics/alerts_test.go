//go:build unix

package metrics

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// The page lists the alerts that there are.
func TestAlertsAreDocumented(t *testing.T) {
	names := func(file, pattern string) (all []string) {
		text, err := os.ReadFile(root + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1) {
			all = append(all, found[1])
		}
		slices.Sort(all)
		return all
	}
	if diff := cmp.Diff(names("/deploy/metrics/alerts.yaml", `- alert: (\w+)`), names("/docs/metrics.md", "(?m)^\\| `([A-Z]\\w+)` \\|")); diff != "" {
		t.Errorf("alerts (-alerts.yaml +docs/metrics.md):\n%s", diff)
	}
}

// The page lists the labels by which alerts choose the services' metrics. TestSystem cannot see those that only a failure has.
func TestLabelsOfAlertsAreDocumented(t *testing.T) {
	documented := documentedNames(t)
	text, err := os.ReadFile(root + "/deploy/metrics/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, chosen := range regexp.MustCompile(`([a-z_]+){([^}]+)}`).FindAllStringSubmatch(string(text), -1) {
		name := part.ReplaceAllString(chosen[1], "$1")
		if foreign.MatchString(name) {
			continue
		}
		for _, label := range regexp.MustCompile(`([a-z_]+)(=|!=|=~|!~)"`).FindAllStringSubmatch(chosen[2], -1) {
			checked++
			if !documented[name][label[1]] {
				t.Errorf("docs/metrics.md does not say that %s has the label %s", name, label[1])
			}
		}
	}
	if checked == 0 {
		t.Error("no alert chooses a metric by a label")
	}
}

// Grafana's dashboard asks what the console asks, which TestSystem checks.
func TestGrafana(t *testing.T) {
	text, err := os.ReadFile(root + "/deploy/metrics/grafana/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct {
				Expr     string
				Exemplar bool
			}
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	type question struct {
		Expr      string
		Exemplars bool
	}
	got, want := make(map[string]question), make(map[string]question)
	for _, p := range dashboard.Panels {
		got[p.Title] = question{p.Targets[0].Expr, p.Targets[0].Exemplar}
	}
	for _, p := range panels(t) {
		want[p.Title] = question{p.Expr, p.Exemplars != ""}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("panels by title (-console +Grafana):\n%s", diff)
	}
}
