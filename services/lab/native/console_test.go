package native

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// The console writes whole lines, each with its program's name, however the text arrives.
func TestConsole(t *testing.T) {
	var out bytes.Buffer
	console := NewConsole(&out, false)
	order, jaeger := console.of(Order), console.of(Jaeger)
	fmt.Fprint(order, "first li")
	fmt.Fprint(jaeger, "in between\n")
	fmt.Fprint(order, "ne\nsecond\nthi")
	console.Say("%d said", 1)
	want := "jaeger    │ in between\norder     │ first line\norder     │ second\n1 said\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Names are coloured only if the console was made with colours.
func TestConsoleColours(t *testing.T) {
	for _, colour := range []bool{false, true} {
		var out bytes.Buffer
		console := NewConsole(&out, false)
		if colour {
			console.Colour()
		}
		fmt.Fprintln(console.of(Pricing), "text")
		if got := strings.Contains(out.String(), "\x1b["); got != colour {
			t.Errorf("colour %v: got %q", colour, out.String())
		}
	}
}

// On a terminal, the line that is shown stays below whatever is written, and disappears in the end.
func TestConsoleShow(t *testing.T) {
	var out bytes.Buffer
	console := NewConsole(&out, true)
	console.Show("1 of 2")
	console.Say("said")
	console.Show("")
	console.Say("end")
	if got, want := out.String(), "\r\x1b[K1 of 2\r\x1b[Ksaid\n1 of 2\r\x1b[Kend\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Lines that would only alarm people are left out; similar ones of other programs and other causes are not.
func TestNoise(t *testing.T) {
	hungUp := "error\terror encoding and sending metric family: write tcp 127.0.0.1:8889->127.0.0.1:40000: write: connection reset by peer\n"
	pages := "warn\tui assets not embedded in the binary, using a placeholder\n"
	for _, test := range []struct {
		program, line string
		shown         bool
	}{
		{Collector, hungUp, false},
		{Order, hungUp, true},
		{Collector, "error\terror encoding and sending metric family: no space left on device\n", true},
		{Jaeger, pages, false},
		{Jaeger, "error\tcannot read ui assets\n", true},
	} {
		var out bytes.Buffer
		fmt.Fprint(NewConsole(&out, false).of(test.program), "before\n"+test.line)
		if got := strings.Contains(out.String(), test.line); got != test.shown || !strings.Contains(out.String(), "before") {
			t.Errorf("%s: got %q, want the second line shown: %v", test.program, out.String(), test.shown)
		}
	}
}

// The Collector's message about a reader that hung up has a second line, which is left out with the first.
func TestNoiseOfTwoLines(t *testing.T) {
	var out bytes.Buffer
	console := NewConsole(&out, false).of(Collector)
	fmt.Fprint(console, "error\terror encoding and sending metric family: write: broken pipe\n")
	fmt.Fprint(console, "\t{\"resource\": {}}\nwarn\tqueue is full\n\t{\"size\": 1}\n")
	if got, want := out.String(), "otelcol   │ warn\tqueue is full\notelcol   │ \t{\"size\": 1}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// While there is no Collector, the services' complaints about that are left out.
func TestNoiseWithoutCollector(t *testing.T) {
	const line = "level=WARN msg=telemetry error=\"failed to upload metrics: connection refused\"\n"
	for _, missing := range []bool{true, false} {
		var out bytes.Buffer
		console := NewConsole(&out, false)
		console.noCollector.Store(missing)
		fmt.Fprint(console.of(Order), line)
		if got := strings.Contains(out.String(), line); got == missing {
			t.Errorf("no Collector %v: got %q", missing, out.String())
		}
	}
}

// A tail keeps the last lines and an incomplete one after them.
func TestTail(t *testing.T) {
	var last tail
	if got, want := last.String(), "  (no output)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for i := range 100 {
		fmt.Fprintf(&last, "line %d\n", i)
	}
	fmt.Fprint(&last, "and then")
	lines := strings.Split(last.String(), "\n")
	if len(lines) != tailLines || lines[0] != "  line 89" || lines[11] != "  and then" {
		t.Errorf("got %d lines from %q to %q, want %d from line 89", len(lines), lines[0], lines[len(lines)-1], tailLines)
	}
}

// Lines that are harmless do not explain why a program exited.
func TestTailWithoutNoise(t *testing.T) {
	last := tail{program: Jaeger}
	fmt.Fprint(&last, "warn\tui assets not embedded in the binary, using a placeholder\n")
	if got, want := last.String(), "  (no output)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	fmt.Fprint(&last, "fatal error: out of memory\n")
	if got, want := last.String(), "  fatal error: out of memory"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
