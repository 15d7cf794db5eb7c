package read_test

import (
	"fmt"
	"strings"
	"testing"

	"spanwise/doctor/read"
)

// BenchmarkJaeger reads a trace of 100,000 spans with six tags each.
func BenchmarkJaeger(b *testing.B) {
	var in strings.Builder
	in.WriteString(`{"data":[{"traceID":"4bf92f3577b34da6a3ce929d0e0e4736","processes":{"p":{"serviceName":"s","tags":[]}},"spans":[`)
	for i := range 100_000 {
		if i > 0 {
			in.WriteString(`,{"references":[{"refType":"CHILD_OF","traceID":"4bf92f3577b34da6a3ce929d0e0e4736","spanID":"0000000000000001"}],`)
		} else {
			in.WriteString(`{`)
		}
		fmt.Fprintf(&in, `"traceID":"4bf92f3577b34da6a3ce929d0e0e4736","spanID":"%016x","operationName":"GET /x","startTime":%d,"duration":7,"processID":"p","logs":[],"warnings":null,
			"tags":[{"key":"span.kind","type":"string","value":"client"},{"key":"http.request.method","type":"string","value":"GET"},{"key":"url.full","type":"string","value":"http://x/%d"},
			{"key":"http.response.status_code","type":"int64","value":200},{"key":"server.address","type":"string","value":"x"},{"key":"server.port","type":"int64","value":80}]}`, i+1, 1767225600000000+i*10, i)
	}
	in.WriteString("]}]}")
	b.SetBytes(int64(in.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := read.All(strings.NewReader(in.String())); err != nil {
			b.Fatal(err)
		}
	}
}
