//go:build linux

// Package apiserver runs a Kubernetes API server and its etcd on this machine, and nothing else of a cluster: it decides whether
// objects are valid and who may do what, and no pod ever starts. Call [Start], then [Server.Kubectl], then [Server.Stop].
package apiserver

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"spanwise/tools/manifests/process"
)

// A Server is a running API server.
type Server struct {
	Address      string // of its HTTPS port
	programs     string
	dir          string // of its files, which only the owner may read
	kubeconfig   string
	etcd, server *process.Process
}

// ready is how long the API server may take to start on a busy machine.
const ready = 2 * time.Minute

// Start starts the programs etcd and kube-apiserver of a folder, with their files in dir, and waits until the API server is ready.
func Start(ctx context.Context, programs, dir string) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &Server{Address: fmt.Sprintf("127.0.0.1:%d", port), programs: programs, dir: dir}
	if err := s.writeFiles(); err != nil {
		return nil, err
	}
	socket := "unix://" + s.file("etcd.sock") // no port, so that none can be taken
	s.etcd, err = process.Start(filepath.Join(programs, "etcd"), s.file("etcd.log"), nil,
		"--data-dir="+s.file("etcd"), "--listen-client-urls="+socket, "--advertise-client-urls=http://127.0.0.1:2379", // required, and not used here
		"--listen-peer-urls=unix://"+s.file("peer.sock"), "--initial-advertise-peer-urls=http://127.0.0.1:2380",
		"--initial-cluster=default=http://127.0.0.1:2380", "--unsafe-no-fsync", "--log-level=warn")
	if err != nil {
		return nil, err
	}
	s.server, err = process.Start(filepath.Join(programs, "kube-apiserver"), s.file("kube-apiserver.log"), nil,
		"--etcd-servers="+socket, "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", fmt.Sprint("--secure-port=", port),
		"--cert-dir="+s.file("certificates"), "--token-auth-file="+s.file("tokens.csv"), "--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file="+s.file("accounts.pem"),
		"--service-account-signing-key-file="+s.file("accounts.pem"), "--service-cluster-ip-range=10.96.0.0/24",
		"--endpoint-reconciler-type=none", "--disable-admission-plugins=ServiceAccount")
	if err != nil {
		s.Stop()
		return nil, err
	}
	if err := s.wait(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// Stop stops both programs, the API server first.
func (s *Server) Stop() {
	for _, p := range []*process.Process{s.server, s.etcd} {
		if p != nil {
			p.Stop()
		}
	}
}

// Kubectl runs kubectl as the administrator, with input as its standard input. The error holds what kubectl says.
func (s *Server) Kubectl(ctx context.Context, input []byte, args ...string) (stdout, stderr string, err error) {
	command := exec.CommandContext(ctx, filepath.Join(s.programs, "kubectl"), args...)
	command.Env = append(os.Environ(), "KUBECONFIG="+s.kubeconfig)
	command.Stdin = bytes.NewReader(input)
	var out, says bytes.Buffer
	command.Stdout, command.Stderr = &out, &says
	if err := command.Run(); err != nil {
		return out.String(), says.String(), fmt.Errorf("kubectl %s: %w: %s", args[0], err, says.String())
	}
	return out.String(), says.String(), nil
}

// wait asks the API server whether it is ready, until it is.
func (s *Server) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, ready)
	defer cancel()
	for {
		_, _, err := s.Kubectl(ctx, nil, "get", "--raw", "/readyz")
		if err == nil {
			return nil
		}
		select {
		case <-s.etcd.Ended:
			return fmt.Errorf("etcd ended: %s", s.etcd.LastLines())
		case <-s.server.Ended:
			return fmt.Errorf("kube-apiserver ended: %s", s.server.LastLines())
		case <-ctx.Done():
			return fmt.Errorf("kube-apiserver is not ready after %s: %w", ready, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (s *Server) file(name string) string { return filepath.Join(s.dir, name) }

// writeFiles writes the key that signs the tokens of ServiceAccounts, and the token of the administrator.
func (s *Server) writeFiles() error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	token := rand.Text()
	s.kubeconfig = s.file("kubeconfig")
	return errors.Join(
		os.WriteFile(s.file("accounts.pem"), pem.EncodeToMemory(block), 0o600),
		os.WriteFile(s.file("tokens.csv"), []byte(token+",admin,admin,system:masters\n"), 0o600),
		os.WriteFile(s.kubeconfig, s.Kubeconfig(token), 0o600))
}

// Kubeconfig returns the configuration with which a client is the owner of a token. The server's certificate is its own.
func (s *Server) Kubeconfig(token string) []byte {
	return fmt.Appendf(nil, `apiVersion: v1
kind: Config
clusters: [{name: here, cluster: {server: "https://%s", insecure-skip-tls-verify: true}}]
users: [{name: user, user: {token: %q}}]
contexts: [{name: here, context: {cluster: here, user: user}}]
current-context: here
`, s.Address, token)
}

// freePort returns a port of the loopback address that is free, below those that the kernel hands out to clients.
func freePort() (int, error) {
	for port := 21350; port < 21450; port++ {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			return port, listener.Close()
		}
	}
	return 0, errors.New("no port from 21350 to 21449 is free")
}
