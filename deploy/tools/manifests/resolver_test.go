//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"spanwise/tools/manifests/apiserver"
	"spanwise/tools/manifests/check"
)

// An agent that asks the API server where the gateways are waits until it may, sends every trace to one gateway, uses all gateways,
// and leaves one out as soon as its endpoint is gone.
func TestResolverOnServer(t *testing.T) {
	addresses := []string{"10.99.0.21", "10.99.0.22"} // an endpoint may not have a loopback address
	switch {
	case os.Getenv(inside) != "":
		configure(t, addresses)
	case os.Getenv("KUBERNETES_BIN") != "":
		runInside(t)
		return
	}
	server := apiserver.ForTest(t)
	gateways := listen(t, addresses)
	documents := objects(t, "overlays/gateways", "Namespace", "ServiceAccount")
	for _, document := range documents {
		apply(t, server, document)
	}
	publish(t, server, addresses)
	agent := startAgent(t, server)

	await(t, agent, "the API server has refused the agent", func() bool { return strings.Contains(agent.LastLines(), "forbidden") })
	if healthy() {
		t.Error("the agent is ready although it cannot know the gateways")
	}
	for _, document := range objects(t, "overlays/gateways", "Role", "RoleBinding") {
		apply(t, server, document)
	}
	await(t, agent, "the agent is ready", healthy)

	const traces = 60
	send(t, traces)
	await(t, agent, "all spans have arrived", func() bool { return gateways.spans() == 2*traces })
	first, second := gateways.traces(addresses[0]), gateways.traces(addresses[1])
	if len(first)+len(second) != traces || len(first) == 0 || len(second) == 0 {
		t.Errorf("of %d traces, got %d at one gateway and %d at the other: want each at one, and some at both", traces, len(first), len(second))
	}
	t.Logf("of %d traces, %d went to one gateway and %d to the other", traces, len(first), len(second))

	publish(t, server, addresses[1:])
	await(t, agent, "the agent knows one gateway", func() bool { return backends() == "1" })
	send(t, traces)
	await(t, agent, "all spans have arrived", func() bool { return gateways.spans() == 4*traces })
	if got := gateways.traces(addresses[0]); len(got) != len(first) {
		t.Errorf("the gateway that is gone got %d traces more", len(got)-len(first))
	}
}

// inside is set in the network of its own.
const inside = "MANIFESTS_IN_NETWORK"

// configure gives a new network a loopback interface with the addresses.
func configure(t *testing.T, addresses []string) {
	t.Helper()
	command(t, "ip", "link", "set", "lo", "up")
	for _, address := range addresses {
		command(t, "ip", "address", "add", address+"/32", "dev", "lo")
	}
}

func command(t *testing.T, name string, args ...string) {
	t.Helper()
	if output, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, output)
	}
}

// runInside runs this test again in a network of its own, where it may have any address.
func runInside(t *testing.T) {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	command.Env = append(os.Environ(), inside+"=yes")
	command.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	if uid := os.Getuid(); uid != 0 {
		command.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		command.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
	}
	output, err := command.CombinedOutput()
	if errors.Is(err, syscall.EPERM) {
		t.Skip("this system allows no network of its own; root may have one")
	}
	t.Logf("in a network of its own:\n%s", output)
	if err != nil {
		t.Fatal(err)
	}
}

// objects returns the objects of some kinds of a kustomization.
func objects(t *testing.T, kustomization string, kinds ...string) [][]byte {
	t.Helper()
	stream, err := check.Render(filepath.Join(root, kustomization))
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for _, document := range check.Documents(stream) {
		for _, kind := range kinds {
			if headOf(t, document).Kind == kind {
				all = append(all, document)
			}
		}
	}
	return all
}

// publish makes the addresses the endpoints of the gateways' Service, as a cluster's controller does.
func publish(t *testing.T, server *apiserver.Server, addresses []string) {
	t.Helper()
	var endpoints strings.Builder
	for _, address := range addresses {
		fmt.Fprintf(&endpoints, "\n  - {addresses: [%s], conditions: {ready: true}}", address)
	}
	if _, _, err := server.Kubectl(t.Context(), []byte(`apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: gateways, namespace: spanwise, labels: {kubernetes.io/service-name: otel-gateway}}
addressType: IPv4
ports: [{name: otlp, port: 4317, protocol: TCP}]
endpoints:`+endpoints.String()+"\n"), "apply", "--server-side", "-f", "-"); err != nil {
		t.Fatal(err)
	}
}
