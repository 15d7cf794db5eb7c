//go:build linux

package apiserver

import (
	"os"
	"testing"
)

// ForTest returns an API server for a test, which is skipped if the programs have not been built.
func ForTest(t *testing.T) *Server {
	t.Helper()
	programs := os.Getenv("KUBERNETES_BIN")
	if programs == "" {
		t.Skip("KUBERNETES_BIN does not name a folder with etcd, kube-apiserver and kubectl: run `make manifests-server`, which builds them")
	}
	dir, err := os.MkdirTemp("", "apiserver-") // a short name, because that of a socket has at most 107 characters
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	server, err := Start(t.Context(), programs, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return server
}
