package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The command prints each fault with the kustomization that has it, and fails.
func TestRun(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"exceptions.yaml":                    "",
		"base/kustomization.yaml":            "resources: [shop.yaml]",
		"base/shop.yaml":                     "apiVersion: v1\nkind: Service\nmetadata: {name: shop}\nspec: {ports: [{port: 80}]}",
		"overlays/faulty/kustomization.yaml": "resources: [../../base, more.yaml]",
		"overlays/faulty/more.yaml":          "apiVersion: v1\nkind: Service\nmetadata: {name: Shop}\nspec: {ports: [{port: 80}]}",
	} {
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	err := run([]string{root}, &out)
	const want = "overlays/faulty: Service/Shop: metadata.name: Invalid value"
	if got := out.String(); err == nil || err.Error() != "1 fault" || !strings.HasPrefix(got, want) {
		t.Errorf("got %q and %v, want 1 fault: %q", got, err, want)
	}
}
