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
	return slices.DeleteFunc(slices.Clone(ports), func(p port) bool { return p.owner == Prometheus && !s.Metrics || isAdmin(p) && !s.Profile })
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
	addresses := strings.NewReplacer("otel-collector:8889", s.Addr(collectorMetrics), "otel-collector:8888", s.Addr(collectorSelf))
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
