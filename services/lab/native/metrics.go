package native

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Prometheus is a program of a run with METRICS=on only.
const (
	Prometheus     = "prometheus"
	PrometheusPort = "PROMETHEUS_PORT"
	// prometheusFeatures keep the trace ids of slow requests, and put Jaeger's address into the dashboard. Version 3 has the
	// second one always, and then only warns: https://prometheus.io/docs/prometheus/latest/feature_flags/
	prometheusFeatures = "exemplar-storage,expand-external-labels"
)

// metricsOf reads METRICS and finds Prometheus, so that a missing one is reported before minutes of building.
func metricsOf(environ []string) (on bool, err error) {
	if on, err = onOff(environ, "METRICS"); !on {
		return false, err
	}
	if _, err := exec.LookPath(prometheusFile(environ)); err != nil {
		return false, fmt.Errorf("METRICS=on needs Prometheus (%w): install it, for example with apt-get install prometheus, "+
			"or set PROMETHEUS_BIN to its program", err)
	}
	return true, nil
}

func prometheusFile(environ []string) string {
	if given := lookup(environ, "PROMETHEUS_BIN"); given != "" {
		return given
	}
	return Prometheus
}

// usedPorts returns the ports that the run listens on.
func (s Settings) usedPorts() []port {
	return slices.DeleteFunc(slices.Clone(ports), func(p port) bool {
		if p.name == jaegerMetrics {
			return !s.Metrics
		}
		switch kind(p.owner) {
		case Prometheus:
			return !s.Metrics
		case Broker:
			return !s.Pipeline.HasKafka()
		case gateway, twin:
			return !slices.Contains(s.gateways(), p.owner)
		}
		return isAdmin(p) && !s.Profile
	})
}

// prometheus returns the program that scrapes the metrics. Its configuration is in the data folder: see copyMetrics.
func (s Settings) prometheus() Program {
	dir := s.metricsDir()
	p := s.program(Prometheus, []string{
		"--config.file=" + filepath.Join(dir, "prometheus.yaml"),
		"--storage.tsdb.path=" + filepath.Join(dir, "data"),
		"--storage.tsdb.retention.time=3d",
		"--web.listen-address=" + s.Addr(PrometheusPort),
		"--web.console.templates=" + filepath.Join(dir, "consoles"),
		"--web.console.libraries=" + filepath.Join(dir, "consoles"),
		"--enable-feature=" + prometheusFeatures,
		"--log.level=warn",
	}, s.URL(PrometheusPort)+"/-/ready", "SHOWN_JAEGER_URL="+s.Shown(JaegerPort))
	p.Path = prometheusFile(s.environ)
	return p
}

func (s Settings) metricsDir() string { return filepath.Join(s.Data, "prometheus") }

// copyMetrics copies Prometheus's configuration, with this run's addresses in place of those of docker-compose.yml:
// Prometheus does not read addresses from the environment.
func (s Settings) copyMetrics() error {
	addresses := strings.NewReplacer("otel-collector:8889", s.Addr(collectorMetrics), "otel-collector:8888", s.Addr(collectorSelf),
		"jaeger:8887", s.Addr(jaegerMetrics))
	if err := s.listTargets(); err != nil {
		return err
	}
	from := os.DirFS(s.file("deploy/metrics"))
	return fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(s.metricsDir(), filepath.FromSlash(name))
		if entry.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		return os.WriteFile(to, []byte(addresses.Replace(string(text))), 0o644)
	})
}

// listTargets writes the file in which Prometheus finds the gateways. Each set is a job of its own, because both decide on all traces.
func (s Settings) listTargets() error {
	var list strings.Builder
	for _, name := range s.gateways() {
		_, address, _ := strings.Cut(s.ownMetrics(name), "://")
		fmt.Fprintf(&list, "- {targets: [%q], labels: {job: %ss}}\n", strings.TrimSuffix(address, "/metrics"), kind(name))
	}
	dir := filepath.Join(s.metricsDir(), "targets")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "gateways.yaml"), []byte(list.String()), 0o644)
}
