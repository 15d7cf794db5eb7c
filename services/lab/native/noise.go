package native

import (
	"bytes"
	"slices"
)

// harmless lists what programs log as a warning or an error although nothing is wrong. All parts must be in the line.
var harmless = []struct {
	program string
	parts   []string
}{
	// A reader of the metrics hung up, as curl does when it is piped into head.
	{Collector, []string{"error encoding and sending metric family", "connection reset by peer"}},
	{Collector, []string{"error encoding and sending metric family", "broken pipe"}},
	// A Jaeger that was built from its module has no pages, which is said elsewhere, and knows no version.
	{Jaeger, []string{"ui assets not embedded in the binary"}},
	{Jaeger, []string{"application version: git-commit=, git-version=, build-date="}},
}

// undelivered is in what a service says while no Collector listens. Nothing is lost by it: metrics are cumulative, so the next export
// has them too, and log records are on the console.
var undelivered = [][]byte{[]byte("failed to upload metrics: "), []byte("log records were not delivered")}

// noise reports whether a line would only alarm people, or bury what they need.
func (c *Console) noise(program string, line []byte) bool {
	contains := func(part []byte) bool { return bytes.Contains(line, part) }
	if slices.Contains(Services, kind(program)) && c.noCollector.Load() && slices.ContainsFunc(undelivered, contains) {
		return true
	}
	return isHarmless(program, line)
}

func isHarmless(program string, line []byte) bool {
	for _, h := range harmless {
		all := h.program == kind(program)
		for _, part := range h.parts {
			all = all && bytes.Contains(line, []byte(part))
		}
		if all {
			return true
		}
	}
	return false
}
