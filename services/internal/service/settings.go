package service

import (
	"cmp"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"spanwise/internal/database"
	"spanwise/internal/sampling"
)

// settings are those environment variables that can have a wrong value.
type settings struct {
	faults      bool
	wait        time.Duration // for the database
	connections int           // to the database
	sampler     sdktrace.Sampler
	logLevel    slog.Level
}

// readSettings reads all of them before anything starts. Its errors name the variable.
func readSettings(getenv func(string) string) (set settings, err error) {
	if set.faults, err = onOff(getenv, "FAULTS"); err != nil {
		return set, err
	}
	if set.wait, err = time.ParseDuration(cmp.Or(getenv("DATABASE_WAIT"), "1m")); err != nil {
		return set, fmt.Errorf("read DATABASE_WAIT: %w", err)
	}
	if set.connections, err = positive(getenv, "DATABASE_CONNECTIONS", database.Connections); err != nil {
		return set, err
	}
	if set.sampler, err = samplerOf(getenv); err != nil {
		return set, err
	}
	set.logLevel, err = logLevel(getenv)
	return set, err
}

// logLevel reads LOG_LEVEL.
func logLevel(getenv func(string) string) (level slog.Level, err error) {
	text := cmp.Or(getenv("LOG_LEVEL"), "info")
	if err := level.UnmarshalText([]byte(text)); err != nil {
		return level, fmt.Errorf("LOG_LEVEL=%s: choose debug, info, warn or error", text)
	}
	return level, nil
}

// samplerOf returns the sampler that SAMPLING asks for, or nil if OTEL_TRACES_SAMPLER decides.
func samplerOf(getenv func(string) string) (sdktrace.Sampler, error) {
	mode, err := sampling.FromEnv(getenv)
	switch {
	case err != nil || mode == sampling.Mode{}:
		return nil, err
	case mode.Tail: // the Collector needs every trace to choose from
		return sdktrace.ParentBased(sdktrace.AlwaysSample()), nil
	}
	return sdktrace.ParentBased(sdktrace.TraceIDRatioBased(mode.Head)), nil
}

func onOff(getenv func(string) string, name string) (bool, error) {
	switch v := getenv(name); v {
	case "on":
		return true, nil
	case "off", "":
		return false, nil
	default:
		return false, fmt.Errorf("%s=%s: choose on or off", name, v)
	}
}

// positive returns the value of a variable that is a number of 1 or more.
func positive(getenv func(string) string, name string, usual int) (int, error) {
	text := getenv(name)
	if text == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s=%s: want a number of 1 or more (for example %s=%d)", name, text, name, usual)
	}
	return n, nil
}
