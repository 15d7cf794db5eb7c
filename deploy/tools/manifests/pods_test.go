//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"spanwise/tools/manifests/process"
)

// A pod is a process with what one of the pods of a workload is given: its arguments, variables, files, name and port.
type pod struct {
	workload
	name, address string
	process       *process.Process
}

// The pods of the pipeline find each other and deliver every trace whole, with two sets of gateways found in both ways. They run in
// a network and with a hosts file of their own, in the place of a cluster's network and DNS; no image, user or policy takes part.
func TestPods(t *testing.T) {
	if built(t, "otelcol-scale") == "" || built(t, "jaeger") == "" {
		t.Skip("no Collector or Jaeger: PIPELINE=gateways make up builds them")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("the command ip is not here: apt-get install iproute2")
	}
	if os.Getenv(inside) == "" {
		runInside(t)
		return
	}
	pods := pipeline(t)
	introduce(t, pods)
	for i := range pods {
		pods[i].start(t)
	}
	for _, p := range pods {
		await(t, p.process, p.name+" is ready", func() bool { return answers(p.probe(t)) })
	}
	agent, jaeger := pods[0], pods[1]
	var ids []string
	for range 60 {
		id := fmt.Sprintf("%x", random(16))
		ids = append(ids, id)
		for range 2 {
			post(t, "http://"+agent.address+":4318/v1/traces", fmt.Sprintf(`{"resourceSpans":[{"scopeSpans":[{"spans":[`+
				`{"traceId":%q,"spanId":"%x","name":"work","startTimeUnixNano":"1","endTimeUnixNano":"2","status":{"code":2}}]}]}]}`, id, random(8)))
		}
	}
	for _, id := range ids {
		await(t, agent.process, "trace "+id+" is whole", func() bool { return spans(jaeger, id) == 2 })
	}
}

// pipeline returns the pods of an overlay that pass spans on, the agent and Jaeger first.
func pipeline(t *testing.T) []pod {
	t.Helper()
	var pods []pod
	for _, w := range workloads(t, rendered(t)["overlays/gateways-twice"]) {
		switch {
		case w.Name == "otel-agent":
			pods = append([]pod{{workload: w, name: w.Name}}, pods...)
		case w.Name == "jaeger":
			pods = append(pods, pod{workload: w, name: w.Name})
		}
	}
	for _, w := range workloads(t, rendered(t)["overlays/gateways-twice"]) {
		if w.Kind == "StatefulSet" && len(w.configs()) > 0 {
			for n := range int(*w.Spec.Replicas) {
				pods = append(pods, pod{workload: w, name: fmt.Sprintf("%s-%d", w.Name, n)})
			}
		}
	}
	if len(pods) != 6 {
		t.Fatalf("got %d pods, want an agent, a Jaeger, and two sets of two gateways", len(pods))
	}
	return pods
}

// introduce gives each pod an address, and the names that a cluster's DNS would give it.
func introduce(t *testing.T, pods []pod) {
	t.Helper()
	var hosts strings.Builder
	hosts.WriteString("127.0.0.1 localhost\n")
	var addresses []string
	for i := range pods {
		p := &pods[i]
		p.address = fmt.Sprintf("10.99.1.%d", i+1)
		addresses = append(addresses, p.address)
		service := p.workload.Name
		hosts.WriteString(fmt.Sprintf("%s %s %s.%s %s.%s.%s\n", p.address, service, service, p.Namespace, p.name, service, p.Namespace))
	}
	configure(t, addresses)
	file := filepath.Join(t.TempDir(), "hosts")
	if err := os.WriteFile(file, []byte(hosts.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	command(t, "mount", "--make-rprivate", "/")
	command(t, "mount", "--bind", file, "/etc/hosts")
}

// start starts the pod's program.
func (p *pod) start(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range p.files() {
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := p.environ()
	for name, value := range map[string]string{"OTELCOL_HOST": p.address, "JAEGER_HOST": p.address, "OTELCOL_QUEUE_DIR": dir, "JAEGER_CONFIG_DIR": dir} {
		if env[name] != "" {
			env[name] = value // all pods are on one machine
		}
	}
	var list, args []string
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	for _, arg := range p.container().Args {
		if name, ok := strings.CutPrefix(arg, "--config="); ok {
			arg = "--config=" + filepath.Join(dir, filepath.Base(name))
		}
		if !strings.HasSuffix(arg, "-mcp-on.yaml") { // see TestValidate
			args = append(args, arg)
		}
	}
	program := map[string]string{"otelcol": "otelcol-scale", "jaeger": "jaeger"}[p.container().Name]
	var err error
	if p.process, err = process.Start(built(t, program), filepath.Join(dir, "log"), list, args...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.process.Stop)
}

// probe returns the address that the readiness probe asks.
func (p pod) probe(t *testing.T) string {
	t.Helper()
	get := p.container().ReadinessProbe.HTTPGet
	for _, port := range p.container().Ports {
		if port.Name == get.Port.StrVal {
			return fmt.Sprintf("http://%s:%d%s", p.address, port.ContainerPort, get.Path)
		}
	}
	t.Fatalf("%s has no port %s", p.name, get.Port.StrVal)
	return ""
}
