package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two texts are placed side by side if there is room, whatever their colours, and otherwise one below the other.
func TestArrange(t *testing.T) {
	left, right := "ab\n\x1b[31mcd\x1b[0m\n", "x\ny\nz\n"
	got := lines(arrange([]string{left, right}, 125))
	want := []string{
		"ab" + strings.Repeat(" ", 58) + "  │  x",
		"\x1b[31mcd\x1b[0m" + strings.Repeat(" ", 58) + "  │  y",
		strings.Repeat(" ", 60) + "  │  z",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("125 columns (-want +got):\n%s", diff)
	}
	if got := arrange([]string{left, right}, 124); got != left+right {
		t.Errorf("124 columns: got %q, want one below the other", got)
	}
	if got := arrange([]string{left}, 300); got != left {
		t.Errorf("one alone: got %q, want it unchanged", got)
	}
}

// A terminal gets a bar that is overwritten, and a file a line for every tenth.
func TestBar(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		var out bytes.Buffer
		b := bar{out: &out, terminal: terminal, of: 1000}
		for done := 20; done <= 1000; done += 20 {
			b.show(done)
		}
		b.end()
		if got, want := strings.Count(out.String(), "\n"), map[bool]int{false: 10, true: 1}[terminal]; got != want {
			t.Errorf("terminal %v: got %d lines, want %d", terminal, got, want)
		}
		if !strings.Contains(out.String(), "1000 of 1000 products") {
			t.Errorf("terminal %v: the end is missing: %q", terminal, out.String())
		}
	}
}
