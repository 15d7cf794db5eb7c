package report

import (
	"slices"
	"strings"
	"testing"

	"spanwise/doctor/trace"
)

// A range has its unit once if both ends share it, and is a single number if both ends look the same.
func TestDurationRange(t *testing.T) {
	for _, test := range []struct {
		low, high trace.Micros
		want      string
	}{{280_000, 310_000, "280 to 310 ms"}, {900, 1100, "900 µs to 1.1 ms"}, {1_230_100, 1_230_200, "1.23 s"}, {0, 5, "0 to 5 µs"}} {
		if got := durationRange(test.low, test.high); got != test.want {
			t.Errorf("durationRange(%d, %d) = %q, want %q", test.low, test.high, got, test.want)
		}
	}
}

// Only exactly nothing is 0 %, and only all is 100 %.
func TestPercent(t *testing.T) {
	for share, want := range map[float64]string{0: "0 %", 0.0001: "<1 %", 0.01: "1 %", 0.714: "71 %", 0.99: "99 %", 0.999: ">99 %", 1: "100 %"} {
		if got := percent(share); got != want {
			t.Errorf("percent(%v) = %q, want %q", share, got, want)
		}
	}
}

// Names that are too long keep their ends, and fit however wide their characters are.
func TestShortening(t *testing.T) {
	for _, s := range []string{"", "GET", "hipstershop.CheckoutService/PrepareOrderItems", "注文サービス/注文する", "ééééé", "👍👍👍👍👍👍", "e\u0301e\u0301e\u0301e\u0301"} {
		for n := 1; n < 50; n++ {
			short := squeeze(s, n)
			if width(short) > n {
				t.Errorf("squeeze(%q, %d) = %q, %d columns wide", s, n, short, width(short))
			}
			if width(s) <= n && short != s {
				t.Errorf("squeeze(%q, %d) = %q, but it fits", s, n, short)
			}
		}
	}
	for _, s := range []string{strings.Repeat("x", 10<<20), strings.Repeat("注", 1<<20)} { // in no time
		if got := squeeze(s, 50); width(got) < 49 {
			t.Errorf("squeeze of %d bytes is %q, want all of 50 columns used", len(s), got)
		}
	}
	if got, want := squeeze("hipstershop.CheckoutService/PrepareOrderItems", 25), "hipstersh…epareOrderItems"; got != want {
		t.Errorf("squeeze = %q, want %q", got, want)
	}
}

// Text breaks between words, but not between a number and its unit.
func TestWrap(t *testing.T) {
	got := wrap("it took 4.4 ms, 12 % of 3 s  in all", 10)
	if want := []string{"it took", "4.4 ms,", "12 % of", "3 s in all"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	got = wrap("see /orders/{orderId}/lines of it", 10)
	if want := []string{"see", "/orders/{o", "rderId}/li", "nes of it"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A number and its unit stay on one line of the HTML page, too.
func TestUnbroken(t *testing.T) {
	if got, want := unbroken("12 % of 3 s, 5 spans"), "12\u00a0% of 3\u00a0s, 5 spans"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A name cannot break a line, ring the bell, colour the terminal or reverse text.
func TestPrintable(t *testing.T) {
	if got, want := printable("a\x1b[31m\nb\u202ec\x00\u2028d\t\u0085"), "a·[31m b·c··d ·"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A quoted word is a single word to a shell.
func TestQuote(t *testing.T) {
	for in, want := range map[string]string{"trace.json": "trace.json", "my trace": "'my trace'", "": "''", "it's": `'it'\''s'`, "$(rm)": "'$(rm)'", "a\nb": "'a b'"} {
		if got := shellQuote(in); got != want {
			t.Errorf("shellQuote(%q) = %s, want %s", in, got, want)
		}
	}
	if got := strings.Join([]string{shellWords([]string{"-trace", "a b"}), shellWords([]string{"-"})}, "|"); got != "-trace 'a b'|" {
		t.Errorf("words = %s", got)
	}
}
