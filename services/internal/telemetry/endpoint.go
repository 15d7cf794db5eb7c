package telemetry

import (
	"fmt"
	"net/url"
	"os"
)

const endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"

// endpoints are the variables with the address of the collector: for all signals, and for one.
var endpoints = []string{
	endpoint, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
}

// checkEndpoints returns an error if the address of the collector is not a URL of http or https. Without the scheme, the SDK's
// exporters disagree: with collector:4317 traces and metrics arrive and logs (otlploggrpc v0.23.0) do not, and with
// 10.0.0.7:4317 everything goes to localhost.
func checkEndpoints(getenv func(string) string) error {
	for _, name := range endpoints {
		value := getenv(name)
		if value == "" {
			continue
		}
		if u, err := url.Parse(value); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("%s=%s: want a URL with http or https, as in http://localhost:4317", name, value)
		}
	}
	return nil
}

// useDefaultEndpoint reports whether neither the signal's variable nor the general one names an endpoint. The default
// is then http://localhost:4317 by the OpenTelemetry specification, but Go's exporters would use TLS for it.
func useDefaultEndpoint(signal string) bool {
	return os.Getenv(signal) == "" && os.Getenv(endpoint) == ""
}
