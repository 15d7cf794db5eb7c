package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// found returns the duration that a pattern finds in a text.
func found(t *testing.T, text, pattern string) time.Duration {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("found no %s", pattern)
	}
	d, err := time.ParseDuration(strings.ReplaceAll(m[1], " * time.Second", "s"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (w workload) grace() time.Duration {
	return time.Duration(*w.Spec.Template.Spec.TerminationGracePeriodSeconds) * time.Second
}

// A service has the time to drain, to finish its requests, and to deliver its last spans, before it is killed.
func TestServicesHaveTimeToStop(t *testing.T) {
	var source strings.Builder
	for _, file := range []string{"rest/deadline.go", "rest/client.go", "telemetry/telemetry.go"} {
		text, err := os.ReadFile(filepath.Join("../../../services/internal", file))
		if err != nil {
			t.Fatal(err)
		}
		source.Write(text)
	}
	need := time.Duration(0)
	for _, name := range []string{"requestTimeout", "callTimeout", "flushTimeout"} {
		need += found(t, source.String(), `const `+name+` = (\d+ \* time\.Second)`)
	}
	eachWorkload(t, func(t *testing.T, w workload) {
		delay, ok := w.environ()["DRAIN_DELAY"]
		if !ok {
			return
		}
		if drain := found(t, delay, `(.+)`); w.grace() < drain+need {
			t.Errorf("%s is killed after %v, and may need %v", w, w.grace(), drain+need)
		}
	})
}

// dnsCache is how long a cluster's DNS may answer with an address that is gone, as CoreDNS does unless it is told otherwise.
const dnsCache = 30 * time.Second

// A gateway that is found by DNS goes on until no agent chooses it and all its traces are decided, and then has time to end.
func TestGatewaysLeaveInOrder(t *testing.T) {
	looked := 0
	for overlay, objects := range rendered(t) {
		if !strings.Contains(string(objects), "--config=/etc/otelcol/resolver-dns.yaml") {
			continue
		}
		looked++
		var agents string
		for _, w := range workloads(t, objects) {
			if w.Name == "otel-agent" {
				agents = w.files()["/etc/otelcol/resolver-dns.yaml"]
			}
		}
		for _, w := range workloads(t, objects) {
			if w.Name != "otel-gateway" {
				continue
			}
			decision := found(t, w.files()["/etc/otelcol/otelcol-tail.yaml"], `(?m)^ *decision_wait: (\d+s)`)
			need := dnsCache + found(t, agents, `(?m)^ *interval: (\d+s)`) + decision
			sleeps := time.Duration(w.container().Lifecycle.PreStop.Sleep.Seconds) * time.Second
			if sleeps < need || w.grace() < sleeps+20*time.Second {
				t.Errorf("%s: %s sleeps %v of %v, and should for at least %v and have 20 s left", overlay, w, sleeps, w.grace(), need)
			}
		}
	}
	if looked == 0 {
		t.Error("no overlay finds gateways by DNS")
	}
}
