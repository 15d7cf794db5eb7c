package main

import (
	"flag"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two texts stand side by side where there is room, whatever colours they have, and below each other where not.
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
		t.Errorf("one alone: got %q, want it as it is", got)
	}
}

// Text keeps all its words, and no line is wider than asked for.
func TestWrap(t *testing.T) {
	if got, want := wrap("one two  three\nfour antidisestablishment x", 9), "one two\nthree\nfour\nantidisestablishment\nx"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Flags may stand on either side of what a command is about.
func TestParse(t *testing.T) {
	for _, args := range []string{"-n 3 some -list", "some -n 3 -list", "-list -n 3 some"} {
		set := flag.NewFlagSet("run", flag.ContinueOnError)
		n, list := set.Int("n", 10, ""), set.Bool("list", false, "")
		if err := parse(set, strings.Fields(args)); err != nil || *n != 3 || !*list || set.NArg() != 1 || set.Arg(0) != "some" {
			t.Errorf("%s: got n=%d list=%v %q, %v", args, *n, *list, set.Args(), err)
		}
	}
	if !(command{name: "up"}).tooMany(parsed(t, "x")) || (command{name: "run"}).tooMany(parsed(t, "x")) || !(command{name: "run"}).tooMany(parsed(t, "x y")) {
		t.Error("up takes nothing, and run one scenario")
	}
}

func parsed(t *testing.T, args string) *flag.FlagSet {
	t.Helper()
	set := flag.NewFlagSet("", flag.ContinueOnError)
	if err := parse(set, strings.Fields(args)); err != nil {
		t.Fatal(err)
	}
	return set
}
