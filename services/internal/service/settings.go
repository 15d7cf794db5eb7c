package service

import (
	"cmp"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"spanwise/internal/database"
	"spanwise/internal/rest"
	"spanwise/internal/sampling"
)

// settings are those environment variables that can have a wrong value.
type settings struct {
	faults      bool
	wait        time.Duration // for the database
	connections int           // to the database
	closing     rest.Closing
	sampler     sdktrace.Sampler // nil if OTEL_TRACES_SAMPLER decides
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
	if set.closing.DrainDelay, err = upTo(rest.MaxDrainDelay, "DRAIN_DELAY", getenv("DRAIN_DELAY")); err != nil {
		return set, err
	}
	if set.closing.MaxAge, err = upTo(rest.MaxConnectionAge, "CONNECTION_MAX_AGE", getenv("CONNECTION_MAX_AGE")); err != nil {
		return set, err
	}
	mode, err := sampling.FromEnv(getenv)
	if err != nil {
		return set, err
	}
	set.sampler = mode.Sampler()
	set.logLevel, err = logLevel(getenv)
	return set, err
}

// upTo reads a time that is at most limit; without a text it is 0.
func upTo(limit time.Duration, name, text string) (time.Duration, error) {
	d, err := time.ParseDuration(cmp.Or(text, "0s"))
	if err != nil || d < 0 || d > limit {
		return 0, fmt.Errorf("%s=%s: want a time from 0s to %v", name, text, limit)
	}
	return d, nil
}

// logLevel reads LOG_LEVEL.
func logLevel(getenv func(string) string) (level slog.Level, err error) {
	text := cmp.Or(getenv("LOG_LEVEL"), "info")
	if err := level.UnmarshalText([]byte(text)); err != nil {
		return level, fmt.Errorf("LOG_LEVEL=%s: choose debug, info, warn or error", text)
	}
	return level, nil
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
