// Command manifests checks Kubernetes manifests without a cluster:
//
//	$ manifests deploy/kubernetes
//	base: Service/lab: port 8000 leads to port web, which Deployment/lab does not declare
//	manifests: 1 fault
//
// It renders the base and the overlays of a folder, and checks the objects of each with the code of the API server and with checks
// of its own; see the package check. The folder's exceptions.yaml lists what cannot be checked. It exits with 1 if something is wrong.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"spanwise/tools/manifests/check"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "manifests:", err)
		os.Exit(1)
	}
}

func run(roots []string, out io.Writer) error {
	if len(roots) == 0 {
		return errors.New("name a folder (try: manifests deploy/kubernetes)")
	}
	wrong := 0
	for _, root := range roots {
		exceptions, err := readExceptions(root)
		if err != nil {
			return err
		}
		kustomizations, err := check.Applied(root)
		if err != nil {
			return err
		}
		for _, name := range kustomizations {
			objects, err := check.Render(filepath.Join(root, name))
			if err != nil {
				return err
			}
			faults, _ := check.All(objects, exceptions.For(name))
			wrong += len(faults)
			for _, fault := range faults {
				fmt.Fprintf(out, "%s: %s\n", name, fault)
			}
		}
	}
	switch wrong {
	case 0:
		return nil
	case 1:
		return errors.New("1 fault")
	}
	return fmt.Errorf("%d faults", wrong)
}
