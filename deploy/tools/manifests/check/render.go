package check

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	sigsyaml "sigs.k8s.io/yaml"
)

// Render returns the objects that `kubectl apply -k dir` would send, as a stream of YAML documents.
func Render(dir string) ([]byte, error) {
	objects, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", dir, err)
	}
	return objects.AsYaml()
}

// Applied returns the kustomizations of a folder of manifests that people apply: base, and each of overlays.
func Applied(root string) ([]string, error) {
	overlays, err := os.ReadDir(filepath.Join(root, "overlays"))
	if err != nil {
		return nil, err
	}
	applied := []string{"base"}
	for _, overlay := range overlays {
		applied = append(applied, "overlays/"+overlay.Name())
	}
	return applied, nil
}

// Unreached returns the kustomizations below root that no applied one includes, so that nothing checks them.
func Unreached(root string) ([]string, error) {
	applied, err := Applied(root)
	if err != nil {
		return nil, err
	}
	reached := map[string]bool{}
	for _, name := range applied {
		if err := reach(filepath.Join(root, name), reached); err != nil {
			return nil, err
		}
	}
	var missing []string
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && isKustomization(entry.Name()) && !reached[filepath.Dir(path)] {
			missing = append(missing, filepath.Dir(path))
		}
		return err
	})
	return missing, err
}

// reach notes a folder with a kustomization, and those that it includes.
func reach(dir string, reached map[string]bool) error {
	reached[dir] = true
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue // the other names, or a resource that is a file
		}
		var includes struct{ Resources, Components []string }
		if err := sigsyaml.Unmarshal(text, &includes); err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
		}
		for _, path := range slices.Concat(includes.Resources, includes.Components) {
			if err := reach(filepath.Join(dir, path), reached); err != nil {
				return err
			}
		}
	}
	return nil
}

func isKustomization(name string) bool {
	return slices.Contains(konfig.RecognizedKustomizationFileNames(), name)
}
