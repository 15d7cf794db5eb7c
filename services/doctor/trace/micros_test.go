package trace

import "testing"

// Durations have three significant digits, and are never rounded up into a unit that they do not reach.
func TestMicros(t *testing.T) {
	for us, want := range map[Micros]string{
		0: "0 µs", 1: "1 µs", 999: "999 µs", 1000: "1 ms", 1234: "1.23 ms", 9994: "9.99 ms", 9996: "10 ms", 12_340: "12.3 ms", 99_940: "99.9 ms",
		123_456: "123 ms", 999_400: "999 ms", 999_600: "1 s", 1_234_000: "1.23 s", 59_900_000: "59.9 s", 99_900_000: "99.9 s", 100_000_000: "1.67 min",
		7_100_000_000: "118 min", 7_300_000_000: "2.03 h", 1 << 54: "208499 days", -1500: "-1.5 ms",
	} {
		if got := us.String(); got != want {
			t.Errorf("%d µs = %q, want %q", int64(us), got, want)
		}
	}
}
