package service

import (
	"strings"
	"testing"

	"spanwise/internal/sampling"
)

// A wrong setting stops the start.
func TestWrongSettings(t *testing.T) {
	for want, e := range map[string]environment{
		"SAMPLING=ten: want all, tail, or head":                 {sampling.Name: "ten"},
		"unset one of them":                                     {sampling.Name: "tail", "OTEL_TRACES_SAMPLER": "always_on"},
		"DATABASE_CONNECTIONS=many: want a number of 1 or more": {"DATABASE_CONNECTIONS": "many"},
		"DATABASE_CONNECTIONS=0: want":                          {"DATABASE_CONNECTIONS": "0"},
		"DRAIN_DELAY=1m: want a time from 0s to 5s":             {"DRAIN_DELAY": "1m"},
		"CONNECTION_MAX_AGE=60: want a time from 0s to 24h0m0s": {"CONNECTION_MAX_AGE": "60"},
		"CONNECTION_MAX_AGE=-1m: want":                          {"CONNECTION_MAX_AGE": "-1m"},
		"CONNECTION_MAX_AGE=25h: want":                          {"CONNECTION_MAX_AGE": "25h"},
		"choose debug, info, warn or error":                     {"LOG_LEVEL": "loud"},
	} {
		if err := (Service{Name: "things"}).Run(t.Context(), e.get); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

type environment map[string]string

func (e environment) get(name string) string { return e[name] }
