// Package sampling reads the setting SAMPLING, which decides which traces are kept. Call [FromEnv].
package sampling

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Name is the environment variable of the setting. The services and the lab read it.
const Name = "SAMPLING"

// A Mode is a way to sample. The zero value keeps every trace.
type Mode struct {
	// Head, if it is above 0, is the share of requests that are traced at all. The first service of a request decides,
	// before anything has happened, and the others follow.
	Head float64
	// Consistent, if it is above 0, is the share of requests that a service traces, whatever its caller does. Services with
	// different shares agree: see Probability.
	Consistent float64
	// Tail means that every request is traced and the Collector decides once it has seen the whole trace, as
	// deploy/otelcol-tail.yaml says.
	Tail bool
}

var errValue = errors.New("want all, tail, or head or consistent with a share above 0 and up to 100 %, as in head:10%")

// FromEnv reads the setting from the environment. OTEL_TRACES_SAMPLER, which is another way to say the same, must not be set too.
func FromEnv(getenv func(string) string) (Mode, error) {
	m, err := Parse(getenv(Name))
	if sampler := getenv("OTEL_TRACES_SAMPLER"); err == nil && m != (Mode{}) && sampler != "" {
		return Mode{}, fmt.Errorf("%s=%s and OTEL_TRACES_SAMPLER=%s: unset one of them", Name, m, sampler)
	}
	return m, err
}

// Parse reads a value of the setting: all or "" for every trace, head:10% or head:0.1, the same with consistent, or tail.
func Parse(value string) (Mode, error) {
	kind, share, given := strings.Cut(strings.ToLower(strings.TrimSpace(value)), ":")
	switch {
	case (kind == "" || kind == "all") && !given:
		return Mode{}, nil
	case kind == "tail" && !given:
		return Mode{Tail: true}, nil
	case kind != "head" && kind != "consistent":
		return Mode{}, fmt.Errorf("%s=%s: %w", Name, value, errValue)
	}
	number, inPercent := strings.CutSuffix(share, "%")
	kept, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if inPercent {
		kept /= 100
	}
	if err != nil || !(kept > 0 && kept <= 1) { // NaN is neither
		return Mode{}, fmt.Errorf("%s=%s: %w", Name, value, errValue)
	}
	if kind == "head" {
		return Mode{Head: kept}, nil
	}
	return Mode{Consistent: kept}, nil
}

// Sampler returns the sampler of a service, or nil if OTEL_TRACES_SAMPLER decides. What it keeps can be weighed: see Probability.
func (m Mode) Sampler() sdktrace.Sampler {
	switch {
	case m.Tail: // the Collector needs every trace to choose from, and to know that it has every trace
		return sdktrace.ParentBased(Probability(1))
	case m.Head > 0:
		return sdktrace.ParentBased(Probability(m.Head))
	case m.Consistent > 0:
		return Probability(m.Consistent)
	}
	return nil
}

// String returns the mode as Parse reads it.
func (m Mode) String() string {
	switch {
	case m.Tail:
		return "tail"
	case m.Head > 0:
		return "head:" + percent(m.Head)
	case m.Consistent > 0:
		return "consistent:" + percent(m.Consistent)
	}
	return "all"
}

func percent(share float64) string { return strconv.FormatFloat(share*100, 'g', 6, 64) + "%" }
