package report

import (
	"slices"
	"strings"
	"testing"
)

// Durations have three significant digits, and are never rounded up into a unit that they do not reach.
func TestDuration(t *testing.T) {
	for us, want := range map[int64]string{
		0: "0 µs", 1: "1 µs", 999: "999 µs", 1000: "1 ms", 1234: "1.23 ms", 9994: "9.99 ms", 9996: "10 ms", 12_340: "12.3 ms", 99_940: "99.9 ms",
		123_456: "123 ms", 999_400: "999 ms", 999_600: "1 s", 1_234_000: "1.23 s", 59_900_000: "59.9 s", 99_900_000: "99.9 s", 100_000_000: "1.67 min",
		7_100_000_000: "118 min", 7_300_000_000: "2.03 h", 1 << 54: "208,499 days", -1500: "-1.5 ms",
	} {
		if got := Duration(us); got != want {
			t.Errorf("Duration(%d) = %q, want %q", us, got, want)
		}
	}
}

// A range has its unit once if both ends share it, and is a single number if both ends look the same.
func TestDurationRange(t *testing.T) {
	for _, test := range []struct {
		low, high int64
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
