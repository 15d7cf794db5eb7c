package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"spanwise/tools/manifests/check"
)

var yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

// What docs/kubernetes.md says an operator may have to add can be added to production, and changes what it is about.
func TestPatchesOfPage(t *testing.T) {
	production := string(rendered(t)["overlays/production"])
	blocks := yamlBlock.FindAllStringSubmatch(read(t, "../../../docs/kubernetes.md"), -1)
	wants := []string{"port: 9093", "cidr: 169.254.20.10/32", "port: 5353"}
	if len(blocks) != len(wants) {
		t.Fatalf("got %d blocks of YAML, want %d", len(blocks), len(wants))
	}
	for i, want := range wants {
		dir := t.TempDir()
		overlay, err := filepath.Abs(root + "/overlays/production")
		if err != nil {
			t.Fatal(err)
		}
		base, err := filepath.Rel(dir, overlay)
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [%s]\n%s", base, blocks[i][1])
		config := read(t, root+"/components/metrics/config/prometheus.yaml") + "\nalerting: {}\n"
		for name, content := range map[string]string{"kustomization.yaml": text, "prometheus.yaml": config} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		objects, err := check.Render(dir)
		if err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		// The policy of each of two namespaces, if it is about all pods.
		times := strings.Count(string(objects), want) - strings.Count(production, want)
		if times < 1 || strings.Contains(blocks[i][1], "name: all }") && times < 2 {
			t.Errorf("got %q %d times more than in production:\n%s", want, times, blocks[i][1])
		}
		if replaced := strings.Contains(string(objects), "alerting: {}"); replaced != strings.Contains(blocks[i][1], "behavior: replace") {
			t.Errorf("the file of Prometheus is replaced: %v\n%s", replaced, blocks[i][1])
		}
	}
}
