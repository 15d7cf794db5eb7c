package telemetry

import (
	"fmt"
	"log/slog"
	"strings"

	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
)

// Disabled returns telemetry that makes no spans and no metrics; log is all of its log. Baggage still passes through, because
// it carries what a request asks for.
func Disabled(log *slog.Logger) *Telemetry {
	return &Telemetry{
		Traces:     tracenoop.NewTracerProvider(),
		Metrics:    metricnoop.NewMeterProvider(),
		Propagator: propagation.Baggage{},
		Log:        log,
		disabled:   true,
	}
}

// Enabled reports whether there are spans and metrics to make. If it is false, instrumentation can be left out.
func (t *Telemetry) Enabled() bool { return !t.disabled }

// isDisabled reports whether OTEL_SDK_DISABLED switches telemetry off:
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
func isDisabled(getenv func(string) string) (bool, error) {
	const name = "OTEL_SDK_DISABLED"
	switch value := strings.ToLower(strings.TrimSpace(getenv(name))); value {
	case "true":
		return true, nil
	case "false", "":
		return false, nil
	default:
		return false, fmt.Errorf("%s=%s: want true or false", name, getenv(name))
	}
}
