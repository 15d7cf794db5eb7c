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
		fmt.Fprintln(NewConsole(&out, colour).of(Pricing), "text")
		if got := strings.Contains(out.String(), "\x1b["); got != colour {
			t.Errorf("colour %v: got %q", colour, out.String())
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
