package bench

import (
	"testing"
)

// The table shows targets next to figures, marks missed targets and formats numbers for people.
func TestMarkdown(t *testing.T) {
	var b bench
	b.atMost("median", 1.2345, 10, "ms")
	b.atMost("memory", 312.04, 300, "MB")
	b.atMost("size", 26.85, 0, "MB")
	b.atLeast("answered", 14999, 15000, "requests")
	b.atLeast("spans", 135000, 135000, "spans")
	m := Machine{CPU: "Some CPU", Cores: 2, Memory: 16_000_000_000, System: "linux/amd64", Go: "go1.26", Date: "2026-11-20"}
	want := `Measured on Some CPU, 2 cores, 16 GB, linux/amd64, go1.26, 2026-11-20.

| what | target | measured |
| --- | --- | --- |
| median | < 10 ms | 1.23 ms |
| memory | < 300 MB | 312.0 MB **missed** |
| size |  | 26.9 MB |
| answered | ≥ 15,000 requests | 14,999 requests **missed** |
| spans | ≥ 135,000 spans | 135,000 spans |
`
	if got := Markdown(m, b.figures); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Numbers have commas between thousands.
func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100", 0.5: "0.50", 12.34: "12.3"} {
		if got := number(v); got != want {
			t.Errorf("%v: got %s, want %s", v, got, want)
		}
	}
}
