package service

import (
	"strings"
	"testing"

	"spanwise/internal/sampling"
)

// SAMPLING chooses the sampler, the default leaves it to OTEL_TRACES_SAMPLER, and a wrong setting stops the start.
func TestSamplerOf(t *testing.T) {
	for value, want := range map[string]string{
		"": "", "all": "", "head:10%": "ParentBased{root:TraceIDRatioBased{0.1}", "tail": "ParentBased{root:AlwaysOnSampler",
	} {
		sampler, err := samplerOf(environment{sampling.Name: value}.get)
		if err != nil || (sampler == nil) != (want == "") || sampler != nil && !strings.HasPrefix(sampler.Description(), want) {
			t.Errorf("%q: got %v, %v, want %q", value, sampler, err, want)
		}
	}
	for want, e := range map[string]environment{
		"SAMPLING=ten: want all, tail, or head":                 {sampling.Name: "ten"},
		"unset one of them":                                     {sampling.Name: "tail", "OTEL_TRACES_SAMPLER": "always_on"},
		"DATABASE_CONNECTIONS=many: want a number of 1 or more": {"DATABASE_CONNECTIONS": "many"},
		"DATABASE_CONNECTIONS=0: want":                          {"DATABASE_CONNECTIONS": "0"},
		"choose debug, info, warn or error":                     {"LOG_LEVEL": "loud"},
	} {
		if err := (Service{Name: "things"}).Run(t.Context(), e.get); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

type environment map[string]string

func (e environment) get(name string) string { return e[name] }
