package main

import (
	"fmt"
	"regexp"
	"strings"
)

// contexts are the headers in which services pass on a trace id: the value, perhaps after its name. The first group is the id, the second
// the flags, if there are any; the last bit of the flags is 0 if the trace was not sampled.
var contexts = []*regexp.Regexp{
	regexp.MustCompile(`^(?i:trace(?:parent|response):\s*)?[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]([0-9a-f])$`),                                         // W3C Trace Context
	regexp.MustCompile(`^(?i:uber-trace-id:\s*)?([0-9a-f]{1,32}):[0-9a-f]{1,16}:[0-9a-f]{1,16}:[0-9a-f]?([0-9a-f])$`),                                            // Jaeger
	regexp.MustCompile(`^(?i:b3:\s*)?([0-9a-f]{16}|[0-9a-f]{32})-[0-9a-f]{16}(?:-([01d])(?:-[0-9a-f]{16})?)?$`),                                                  // B3; d is for debug
	regexp.MustCompile(`^(?i:x-cloud-trace-context:\s*)?([0-9a-f]{32})/[0-9]+(?:;o=([0-9]))?$`),                                                                  // Google Cloud
	regexp.MustCompile(`^(?i:x-amzn-trace-id:\s*)?(?:Self=[^;]*;)?Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;[^;=]*=[^;]*)*?(?:;Sampled=([01]))?(?:;Lineage=[^;]*)?$`), // AWS
}

// fromContext returns the trace id in a header, nothing if it is not one, or an error if the header says that the trace was not recorded.
func fromContext(header string) (id string, err error) {
	for _, form := range contexts {
		if m := form.FindStringSubmatch(header); m != nil {
			return m[1], sampled(m[1], m[2])
		}
	}
	return "", nil
}

// withoutContext returns the trace id of a trace context, because reports and the commands that they propose need no more, and any
// other argument as it is. That of a trace that was not recorded stays as it is, so that its flags can be explained.
func withoutContext(arg string) string {
	if id, err := fromContext(arg); err == nil && id != "" {
		return id
	}
	return arg
}

// sampled returns an error if the flags of a trace say that it was not recorded.
func sampled(id, flags string) error {
	if flags == "" || !strings.Contains("02468ace", flags) {
		return nil
	}
	return fmt.Errorf("trace %s was not sampled (its flags end in %s), so its spans were not kept "+
		"(try: another request, with OTEL_TRACES_SAMPLER=always_on in the service that receives it first)", id, flags)
}
