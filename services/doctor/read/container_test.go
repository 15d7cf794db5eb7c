package read_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"spanwise/doctor/read"
)

const printedSpan = `{
	"Name": "GET /",
	"SpanContext": {
		"TraceID": "4bf92f3577b34da6a3ce929d0e0e4736",
		"SpanID": "00f067aa0ba902b7"
	},
	"SpanKind": 2,
	"StartTime": "2026-01-01T00:00:00Z",
	"EndTime": "2026-01-01T00:00:00.005Z"
}`

// containerLogs write a line of a program as the runtimes of containers do, each long one in parts.
var containerLogs = map[string]func(stream, line string) string{
	"Docker": func(stream, line string) (out string) {
		for _, part := range inParts(line + "\n") {
			text, _ := json.Marshal(part)
			out += fmt.Sprintf(`{"log":%s,"stream":%q,"time":"2026-01-01T10:00:00.123456789Z"}`+"\n", text, stream)
		}
		return out
	},
	"Kubernetes": func(stream, line string) (out string) {
		parts := inParts(line)
		for i, part := range parts {
			out += fmt.Sprintf("2026-01-01T10:00:00.123456789+01:00 %s %s %s\n", stream, map[bool]string{true: "F", false: "P"}[i == len(parts)-1], part)
		}
		return out
	},
}

func inParts(text string) (parts []string) {
	for ; len(text) > 30; text = text[30:] {
		parts = append(parts, text[:30])
	}
	return append(parts, text)
}

// Spans that a program prints are read out of the log of its container, whatever it writes to its other stream meanwhile.
func TestContainerLogs(t *testing.T) {
	oneLine := strings.NewReplacer("\n", "", "\t", "").Replace(printedSpan)
	for name, line := range containerLogs {
		for _, span := range []string{printedSpan, oneLine} {
			log := line("stdout", "listening on :8080")
			for text := range strings.SplitSeq(span, "\n") {
				log += line("stdout", text) + line("stderr", "2026/01/01 10:00:00 {")
			}
			if got := one(t, log); len(got.Spans) != 1 || got.Spans[0].Name != "GET /" || got.CutOff {
				t.Errorf("%s: %d spans, %q, want 1 named GET /", name, len(got.Spans), got.Notes)
			}
		}
	}
}

// A log that ends within a span, or within a part of a line, is cut off.
func TestContainerLogCutOff(t *testing.T) {
	oneLine := strings.NewReplacer("\n", "", "\t", "").Replace(printedSpan)
	for name, line := range containerLogs {
		whole := line("stdout", oneLine)
		second := strings.SplitAfter(whole, "\n")[0]
		for _, rest := range []string{second, line("stdout", "{"), whole[:len(whole)-20]} {
			if got := one(t, whole+rest); !got.CutOff {
				t.Errorf("%s: %q after a span: %q, want a note that it is cut off", name, rest, got.Notes)
			}
		}
	}
}

// The log of a container that prints no spans is a log.
func TestContainerLogWithoutSpans(t *testing.T) {
	for name, line := range containerLogs {
		for _, text := range []string{"listening on :8080", `{"level":"info"}`} {
			_, err := read.All(strings.NewReader(strings.Repeat(line("stdout", text), 3)))
			if err == nil || !strings.Contains(err.Error(), "a log, not a trace") {
				t.Errorf("%s of %s: %v, want a log, not a trace", name, text, err)
			}
		}
	}
}
