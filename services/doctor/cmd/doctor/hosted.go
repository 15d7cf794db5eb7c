package main

import (
	"fmt"
	"net/url"
	"strings"
)

// hosted are services whose pages show traces that no request of Jaeger's or Tempo's API can get, with what to do instead.
var hosted = []struct{ hosts, product, step string }{
	{"datadoghq.com datadoghq.eu ddog-gov.com", "Datadog", "save the trace as JSON, or the response of its API /api/v2/spans/events/search, and read that file"},
	{"console.aws.amazon.com", "AWS", "aws xray batch-get-traces --trace-ids ID | doctor -"},
	{"console.cloud.google.com", "Google Cloud", fromCollector},
	{"portal.azure.com", "Azure", fromCollector},
	{"newrelic.com", "New Relic", fromCollector},
	{"honeycomb.io", "Honeycomb", fromCollector},
	{"sentry.io", "Sentry", fromCollector},
	{"dynatrace.com", "Dynatrace", fromCollector},
	{"instana.io", "Instana", fromCollector},
	{"lightstep.com", "Lightstep", fromCollector},
	{"signoz.cloud signoz.io", "SigNoz", fromCollector},
}

const fromCollector = "send the spans through an OpenTelemetry Collector to its file exporter, and read that file"

// hostedPage returns an error for the address of a page of such a service.
func hostedPage(u *url.URL) error {
	for _, h := range hosted {
		for host := range strings.FieldsSeq(h.hosts) {
			if strings.HasSuffix("."+strings.ToLower(u.Hostname()), "."+host) {
				return fmt.Errorf("this is a page of %s, which has another API than Jaeger and Tempo (try: %s)", h.product, h.step)
			}
		}
	}
	return nil
}
