package native

import (
	"slices"
	"strings"
	"testing"
)

// A gateway whose queue is drained is the same program with the same queue, but reads nothing from Kafka; its arguments before are kept,
// because it may be started again.
func TestDrainer(t *testing.T) {
	s, err := FromEnv("/src", []string{"PIPELINE=kafka"})
	if err != nil {
		t.Fatal(err)
	}
	p := s.gateway(Gateway(1))
	before := slices.Clone(p.Args)
	drainer := s.drainer(p)
	if got := strings.Join(drainer.Args, " "); strings.Contains(got, "kafka") || strings.Count(got, "--config") != strings.Count(strings.Join(before, " "), "--config")-1 {
		t.Errorf("got %s, want it without gateway-kafka.yaml", got)
	}
	if !slices.Equal(p.Args, before) || !slices.Equal(drainer.Env, p.Env) {
		t.Errorf("the program itself has changed: got %v, want %v", p.Args, before)
	}
	direct, err := FromEnv("/src", []string{"PIPELINE=gateways"})
	if err != nil {
		t.Fatal(err)
	}
	if p := direct.gateway(Gateway(1)); !slices.Equal(direct.drainer(p).Args, p.Args) {
		t.Error("a gateway that does not read from Kafka has lost an argument")
	}
}

// Only the queue of a gateway that has stopped is opened again.
func TestDrainRunning(t *testing.T) {
	if _, err := new(Run).Drain(t.Context(), Gateway(1)); err == nil || !strings.Contains(err.Error(), "stop it") {
		t.Errorf("got %v, want that it must be stopped first", err)
	}
}
