package native

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// TestConsole requires whole lines, each with its program's name, however the text arrives.
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

// TestConsoleColours requires colours only where they were asked for.
func TestConsoleColours(t *testing.T) {
	for _, colour := range []bool{false, true} {
		var out bytes.Buffer
		fmt.Fprintln(NewConsole(&out, colour).of(Pricing), "text")
		if got := strings.Contains(out.String(), "\x1b["); got != colour {
			t.Errorf("colour %v: got %q", colour, out.String())
		}
	}
}

// TestTail requires the last lines to be kept, and the one that has no end yet.
func TestTail(t *testing.T) {
	var last tail
	if got, want := last.String(), "  (it said nothing)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for i := range 100 {
		fmt.Fprintf(&last, "line %d\n", i)
	}
	fmt.Fprint(&last, "and then")
	lines := strings.Split(last.String(), "\n")
	if len(lines) != tailLines+1 || lines[0] != "  line 88" || lines[12] != "  and then" {
		t.Errorf("got %d lines from %q to %q, want %d from line 88", len(lines), lines[0], lines[len(lines)-1], tailLines+1)
	}
}
