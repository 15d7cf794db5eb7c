package native

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"spanwise/internal/sampling"
	"spanwise/internal/telemetry"
)

// refuseEmpty returns an error if a variable that the Collector or Jaeger reads is set but empty. They would take that for a value,
// and listen on a random port, for example.
func refuseEmpty(environ []string) error {
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		theirs := strings.HasPrefix(name, "OTELCOL_") || strings.HasPrefix(name, "JAEGER_")
		ours := strings.HasSuffix(name, "_BIN") || strings.HasSuffix(name, "_URL")
		if value == "" && theirs && !ours {
			return fmt.Errorf("%s is set but empty: give it a value, or unset it", name)
		}
	}
	return nil
}

// lookup returns the value of a variable in lines of NAME=value, or "".
func lookup(environ []string, name string) string {
	for _, line := range environ {
		if value, ok := strings.CutPrefix(line, name+"="); ok {
			return value
		}
	}
	return ""
}

// without returns the environment without the variables whose names begin with one of the prefixes.
func without(environ []string, prefixes ...string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(line string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(line, p) })
	})
}

// samplingOf reads the settings of the samplers, so that a wrong one is reported before minutes of building. The services
// read them too.
func samplingOf(environ []string) (sampling.Mode, error) {
	getenv := func(name string) string { return lookup(environ, name) }
	if err := telemetry.CheckSampler(getenv); err != nil {
		return sampling.Mode{}, err
	}
	for _, service := range Services {
		mode, err := sampling.Parse(ownSampling(environ, service))
		if err == nil && mode.Tail {
			err = errors.New("the Collector samples at the tail, and not a service: set SAMPLING=tail")
		}
		if err != nil {
			return sampling.Mode{}, fmt.Errorf("%s_SAMPLING: %w", strings.ToUpper(service), err)
		}
	}
	return sampling.FromEnv(getenv)
}

// ownSampling returns the sampling of one service, such as ORDER_SAMPLING, or "" if it has that of all.
func ownSampling(environ []string, service string) string {
	return lookup(environ, strings.ToUpper(service)+"_"+sampling.Name)
}
