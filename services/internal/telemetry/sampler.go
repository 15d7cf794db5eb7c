package telemetry

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// samplers are the values of OTEL_TRACES_SAMPLER that Go's SDK knows:
// https://opentelemetry.io/docs/languages/sdk-configuration/general/#otel_traces_sampler
var samplers = []string{
	"always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio",
}

// CheckSampler returns an error if the SDK would not understand OTEL_TRACES_SAMPLER or its argument. The SDK itself then
// samples everything and only logs that it does.
func CheckSampler(getenv func(string) string) error {
	const name, argument = "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"
	sampler := strings.ToLower(strings.TrimSpace(getenv(name)))
	if sampler == "" {
		return nil
	}
	if !slices.Contains(samplers, sampler) {
		return fmt.Errorf("%s=%s: want one of %s", name, getenv(name), strings.Join(samplers, ", "))
	}
	share := strings.TrimSpace(getenv(argument))
	if share == "" || !strings.HasSuffix(sampler, "traceidratio") {
		return nil
	}
	if ratio, err := strconv.ParseFloat(share, 64); err != nil || !(ratio >= 0 && ratio <= 1) { // NaN is neither
		return fmt.Errorf("%s=%s: want the share of traces to keep, from 0 to 1, as in 0.1 for 10 %%", argument, getenv(argument))
	}
	return nil
}
