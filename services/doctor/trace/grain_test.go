package trace_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor/trace"
	"spanwise/doctor/trace/tracetest"
)

// Spans whose starts were cut to whole milliseconds are moved by less than one, so that children fit into their parents and calls in
// a row do not overlap. Spans with an exact clock, and what overlaps by more than a tick, stay.
func TestCoarseStarts(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a child that seems to outlive its parent", `
js: request [server 0 20300]
  js: handler [internal 2ms 18700]`, "request 400-20700, handler 2000-20700"},
		{"calls that seem to overlap", `
js: request [server 0 20300]
  js: get [client 3ms 4200]
  js: get [client 7ms 4700]
  js: get [client 11ms 4100]`, "request 0-20300, get 3000-7200, get 7200-11900, get 11900-16000"},
		{"a child that cannot begin before its parent", `
js: request [server 0 20300]
  js: list [internal 2ms 3600]
  js: item [internal 5ms 4200]
    js: get [client 5ms 3100]`, "request 0-20300, list 2000-5600, item 5600-9800, get 5600-8700"},
		{"calls side by side", `
js: request [server 0 20300]
  js: get [client 3ms 9200]
  js: get [client 3ms 9700]`, "request 0-20300, get 3000-12700, get 3000-12200"},
		{"what outlives its parent by more than a tick", `
js: request [server 0 20300]
  js: log [internal 2ms 18700]
  js: mail [internal 2ms 48700]`, "request 400-20700, mail 2000-50700, log 2000-20700"},
		{"an exact clock", `
go: request [server 0 20300]
  go: get [client 3100 4200]
  go: get [client 7200 13500]`, "request 0-20300, get 3100-7300, get 7200-20700"},
		{"a clock that rounds both ends", `
php: request [server 0 20ms]
  php: get [client 3ms 4ms]
  php: get [client 7ms 14ms]`, "request 0-20000, get 3000-7000, get 7000-21000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, times(t, c.text)); diff != "" {
				t.Errorf("spans (-want +got):\n%s", diff)
			}
		})
	}
}

// Moving the spans of a trace again changes nothing.
func TestCoarseStartsOnce(t *testing.T) {
	text := "js: request [server 0 20300]\n  js: handler [internal 2ms 18700]\n    js: get [client 3ms 900 x15 +1ms]"
	traces, err := tracetest.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	first := spanTimes(traces[0])
	if diff := cmp.Diff(first, spanTimes(trace.New("t", traces[0].Spans))); diff != "" {
		t.Errorf("spans after a second New (-first +second):\n%s", diff)
	}
}

func times(t *testing.T, text string) string {
	t.Helper()
	traces, err := tracetest.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return spanTimes(traces[0])
}

func spanTimes(tr *trace.Trace) string {
	var parts []string
	for _, s := range tr.Spans {
		parts = append(parts, fmt.Sprintf("%s %d-%d", s.Name, s.Start-tracetest.Epoch, s.End()-tracetest.Epoch))
	}
	return strings.Join(parts, ", ")
}
