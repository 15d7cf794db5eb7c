// Package sampling reads the setting SAMPLING, which decides which traces are kept. Call [FromEnv].
package sampling

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Name is the environment variable of the setting. The services and the lab read it.
const Name = "SAMPLING"

// A Mode is a way to sample. The zero value keeps every trace.
type Mode struct {
	// Head, if it is above 0, is the share of requests that are traced at all. The first service of a request decides,
	// before anything has happened, and the others follow.
	Head float64
	// Tail means that every request is traced and the Collector decides once it has seen the whole trace, as
	// deploy/otelcol-tail.yaml says.
	Tail bool
}

var errValue = errors.New("want all, tail, or head with a share above 0 and up to 100 %, as in head:10%")

// FromEnv reads the setting from the environment. OTEL_TRACES_SAMPLER, which is another way to say the same, must not be set too.
func FromEnv(getenv func(string) string) (Mode, error) {
	m, err := Parse(getenv(Name))
	if sampler := getenv("OTEL_TRACES_SAMPLER"); err == nil && m != (Mode{}) && sampler != "" {
		return Mode{}, fmt.Errorf("%s=%s and OTEL_TRACES_SAMPLER=%s: unset one of them", Name, m, sampler)
	}
	return m, err
}

// Parse reads a value of the setting: all or "" for every trace, head:10% or head:0.1, or tail.
func Parse(value string) (Mode, error) {
	kind, share, given := strings.Cut(strings.ToLower(strings.TrimSpace(value)), ":")
	switch {
	case (kind == "" || kind == "all") && !given:
		return Mode{}, nil
	case kind == "tail" && !given:
		return Mode{Tail: true}, nil
	case kind != "head":
		return Mode{}, fmt.Errorf("%s=%s: %w", Name, value, errValue)
	}
	number, percent := strings.CutSuffix(share, "%")
	head, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		head /= 100
	}
	if err != nil || !(head > 0 && head <= 1) { // NaN is neither
		return Mode{}, fmt.Errorf("%s=%s: %w", Name, value, errValue)
	}
	return Mode{Head: head}, nil
}

// String returns the mode as Parse reads it.
func (m Mode) String() string {
	switch {
	case m.Tail:
		return "tail"
	case m.Head > 0:
		return "head:" + strconv.FormatFloat(m.Head*100, 'g', 6, 64) + "%"
	}
	return "all"
}
