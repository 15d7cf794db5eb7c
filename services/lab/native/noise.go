package native

import "bytes"

// harmless lists what programs log as a warning or an error although nothing is wrong. All parts must be in the line.
var harmless = []struct {
	program string
	parts   []string
}{
	// A reader of the metrics hung up, as curl does when it is piped into head.
	{Collector, []string{"error encoding and sending metric family", "connection reset by peer"}},
	{Collector, []string{"error encoding and sending metric family", "broken pipe"}},
	// A Jaeger that was built from its module has no pages. The welcome says so.
	{Jaeger, []string{"ui assets not embedded in the binary"}},
}

// noise reports whether a line would only alarm people.
func noise(program string, line []byte) bool {
	for _, h := range harmless {
		all := h.program == program
		for _, part := range h.parts {
			all = all && bytes.Contains(line, []byte(part))
		}
		if all {
			return true
		}
	}
	return false
}
