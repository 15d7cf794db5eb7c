package telemetry

import (
	"strings"
	"testing"
)

func TestCheckEndpoints(t *testing.T) {
	for value, ok := range map[string]bool{
		"":                              true,
		"http://localhost:4317":         true,
		"https://collector.example.com": true,
		"http://[::1]:4317/":            true,
		"collector:4317":                false,
		"10.0.0.7:4317":                 false,
		"collector":                     false,
		"dns:///collector:4317":         false,
		"http://":                       false,
		"http://a b:4317":               false,
	} {
		for _, name := range endpoints {
			err := checkEndpoints(func(n string) string {
				if n == name {
					return value
				}
				return ""
			})
			if (err == nil) != ok {
				t.Errorf("%s=%s: got %v", name, value, err)
			}
			if err != nil && !strings.Contains(err.Error(), name+"="+value) {
				t.Errorf("%q does not name %s=%s", err, name, value)
			}
		}
	}
}

// An address that some of the exporters would misunderstand ends the service at its start.
func TestStartRefusesAddress(t *testing.T) {
	t.Setenv(endpoint, "collector:4317")
	if _, err := Start(t.Context(), Config{Service: "books"}); err == nil || !strings.Contains(err.Error(), "http://localhost:4317") {
		t.Errorf("Start returned %v, want an error with an example", err)
	}
}
