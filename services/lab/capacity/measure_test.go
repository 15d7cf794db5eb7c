package capacity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"spanwise/lab/native"
)

// A fake is a system whose one part uses 0.1 cores and a millisecond for each request.
type fake struct {
	used  float64
	rates []int
}

func (f *fake) load(_ context.Context, rate int, length time.Duration) (loaded, error) {
	f.rates = append(f.rates, rate)
	f.used += length.Seconds() * (0.1 + 0.001*float64(rate))
	return loaded{answered: float64(rate) * length.Seconds(), undecided: float64(rate)}, nil
}

func (f *fake) cpu() (map[string]float64, error) { return map[string]float64{"order": f.used}, nil }

// Every round has each rate once and begins with another one; what comes out is what the system costs, and the checks find it.
func TestTurns(t *testing.T) {
	f := &fake{}
	b := Bench{Size: Size{slice: 2 * time.Second, wait: time.Second, checks: []int{500, 1000}}, Say: func(string, ...any) {}}
	turns, err := b.turns(t.Context(), f, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{200, 200, 350, 700, 500, 1000, 350, 700, 500, 1000, 200}; !slices.Equal(f.rates, want) {
		t.Errorf("got the rates %v, want %v", f.rates, want)
	}
	c := Costs{Spans: 12, Parts: []Part{{everywhere, "order", perRequest, lineOf(turns, "order", 1, 1)}}}
	if l := c.Parts[0].Line; !near(l.Fixed.Value, 0.1) || !near(l.Each.Value, 1000) {
		t.Errorf("got %+v, want 0.1 cores and 1,000 µs", l)
	}
	if l := lineOf(turns, "order", 2, 10); !near(l.Fixed.Value, 0.05) || !near(l.Each.Value, 100) {
		t.Errorf("for two instances and ten spans: got %+v, want 0.05 cores and 100 µs", l)
	}
	c.checkUndecided(Kafka, b.Size, turns)
	if err := c.check(Direct, b.Size.checks, turns, []string{"order"}, nil); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, k := range c.Checks {
		got = append(got, fmt.Sprintf("%d %s: %.1f and %.1f, off by %s", k.Rate, k.What, k.Predicted, k.Measured.Value, k.off()))
	}
	want := []string{
		"500 undecided traces: 1125.0 and 500.0, off by +125 %", // 500 × 12 spans in traces of 8, for 1.5 s
		"1000 undecided traces: 2250.0 and 1000.0, off by +125 %",
		"500 all of these: 0.6 and 0.6, off by 0 %", "500 order: 0.6 and 0.6, off by 0 %",
		"1000 all of these: 1.1 and 1.1, off by 0 %", "1000 order: 1.1 and 1.1, off by 0 %",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// If gateways have decided before they were measured, they are measured again with a longer wait, but not after another error.
func TestMemoryTakesLonger(t *testing.T) {
	other := errors.New("another error")
	for _, test := range []struct {
		errs  []error // of each try
		waits []string
	}{
		{[]error{nil}, []string{"3s"}},
		{[]error{errDecided, nil}, []string{"3s", "9s"}},
		{[]error{errDecided, other}, []string{"3s", "9s"}},
		{[]error{errDecided, errDecided, errDecided}, []string{"3s", "9s", "33s"}},
	} {
		var waits []string
		b := Bench{Size: Quick, Say: func(string, ...any) {}}
		b.Start = func(_ context.Context, settings []string, _ func(*native.Run) error) error {
			_, wait, _ := strings.Cut(settings[1], native.DecisionWait+"=")
			waits = append(waits, wait)
			return test.errs[len(waits)-1]
		}
		if err := b.measureMemory(t.Context(), nil); err != test.errs[len(test.errs)-1] || !slices.Equal(waits, test.waits) {
			t.Errorf("got %v after the waits %v, want %v after %v", err, waits, test.errs[len(test.errs)-1], test.waits)
		}
	}
}
