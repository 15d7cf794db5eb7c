package guide

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

// The development container has the Go release of the workspace. It forwards the ports that a person opens, under the names that
// docs/settings.md gives them, and no other.
func TestDevcontainer(t *testing.T) {
	var container struct {
		Features        map[string]struct{ Version string }
		ForwardPorts    []int
		PortsAttributes map[string]struct{ Label string }
	}
	text := read(t, ".devcontainer", "devcontainer.json")
	if err := json.Unmarshal([]byte(text), &container); err != nil {
		t.Fatal(err)
	}
	opened := []string{"lab page", "order", "inventory", "pricing", "Jaeger", "Prometheus"}
	for _, row := range regexp.MustCompile("(?m)^\\| ([^|]*) \\| `[A-Z_]+_PORT` \\| (\\d+) \\|$").FindAllStringSubmatch(read(t, "docs", "settings.md"), -1) {
		name, _, _ := strings.Cut(row[1], " (")
		name = strings.TrimSuffix(name, ", pages and API")
		port, err := strconv.Atoi(row[2])
		if err != nil {
			t.Fatal(err)
		}
		at := slices.Index(opened, name)
		if forwarded := slices.Contains(container.ForwardPorts, port); forwarded != (at >= 0) {
			t.Errorf("port %d of %s: forwarded is %v", port, row[1], forwarded)
		}
		if at < 0 {
			continue
		}
		opened = slices.Delete(opened, at, at+1)
		if label := container.PortsAttributes[row[2]].Label; label != name {
			t.Errorf("port %d: got the label %q, want %q", port, label, name)
		}
	}
	if len(opened) > 0 || len(container.ForwardPorts) != len(container.PortsAttributes) {
		t.Errorf("docs/settings.md has no port of %q; %d ports are forwarded and %d have a label",
			opened, len(container.ForwardPorts), len(container.PortsAttributes))
	}
	release := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "go.work"))
	if got := container.Features["ghcr.io/devcontainers/features/go:1"].Version; release == nil || got != release[1] {
		t.Errorf("got Go %s, want that of go.work, %v", got, release)
	}
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
