package main

import (
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
