package bench

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"spanwise/lab/jaeger"
	"spanwise/lab/load"
	"spanwise/lab/native"
)

// The search finds the ceiling from below and from above, to 5 % or 10 requests/s.
func TestSearch(t *testing.T) {
	for _, ceiling := range []int{0, 30, 499, 500, 501, 1000, 3333} {
		tries := 0
		got, err := search(500, func(rate int) (bool, error) { tries++; return rate <= ceiling, nil })
		if err != nil || got > ceiling || got < ceiling-max(ceiling/20, 10)-1 || tries > 20 {
			t.Errorf("a ceiling of %d: got %d, %v after %d tries", ceiling, got, err, tries)
		}
	}
	failed := errors.New("failed")
	if _, err := search(500, func(int) (bool, error) { return false, failed }); !errors.Is(err, failed) {
		t.Errorf("got %v, want the error of a trial", err)
	}
}

// The highest rate is one that is held as long as the steady load, and the note is about a higher one, whose second attempt failed
// too.
func TestHighest(t *testing.T) {
	for name, test := range map[string]struct {
		holds func(rate int, length time.Duration, attempt int) bool
		want  int
		note  string
	}{
		"a ceiling": {
			func(rate int, _ time.Duration, _ int) bool { return rate <= 900 }, 878,
			"at 902 requests/s for 10s, what gave way first was Jaeger: 8 spans",
		},
		"each first attempt is disturbed": {
			func(rate int, _ time.Duration, attempt int) bool { return rate <= 900 && attempt == 2 }, 878,
			"at 902 requests/s for 10s, what gave way first was Jaeger: 8 spans",
		},
		"a minute shows more than 10 s": {
			func(rate int, length time.Duration, _ int) bool {
				return rate <= 900 && length < time.Minute || rate <= 830
			}, 794, "at 835 requests/s for 1m0s, what gave way first was Jaeger: 8 spans",
		},
		"nothing is held": {
			func(int, time.Duration, int) bool { return false }, 0,
			"at 7 requests/s for 10s, what gave way first was Jaeger: 8 spans",
		},
	} {
		attempts := make(map[string]int)
		b := Bench{Size: Full, Say: func(string, ...any) {}}
		got, err := b.highest(func(rate int, length time.Duration) (trial, error) {
			which := fmt.Sprint(rate, length)
			attempts[which]++
			one := trial{rate: rate, length: length}
			if !test.holds(rate, length, attempts[which]) {
				one.behind = 8
			}
			return one, nil
		})
		if err != nil || len(got) != 1 || got[0].Value != float64(test.want) || !strings.HasPrefix(got[0].Note, test.note) {
			t.Errorf("%s: got %+v, %v, want %d and %q", name, got, err, test.want, test.note)
		}
	}
	failed := errors.New("failed")
	b := Bench{Size: Full, Say: func(string, ...any) {}}
	if _, err := b.highest(func(int, time.Duration) (trial, error) { return trial{}, failed }); !errors.Is(err, failed) {
		t.Errorf("got %v, want the error of a trial", err)
	}
}

// What gives way is the first program on the way of the spans that shows it.
func TestGaveWay(t *testing.T) {
	held := trial{
		rate: 100, spans: 12_000, counts: native.Delivery{Accepted: 12_003, Sent: 12_003}, found: jaeger.Count{Asked: 500, Complete: 500},
	}
	held.Planned, held.Sent, held.Accepted, held.Wait.P99 = 1000, 1000, 1000, 20*time.Millisecond
	if got := held.gaveWay(); got != "" {
		t.Errorf("got %q for a rate that is held", got)
	}
	for _, test := range []struct {
		want  string
		spoil func(*trial)
	}{
		{"the services: 3 of 1000 requests failed, most of them like this: order answered 503", func(t *trial) {
			t.Accepted, t.Failures = 997, []load.Failure{{Kind: "status 503", Count: 3, First: "order answered 503"}}
		}},
		{"the services: 5 of 1000 requests could not be sent in time", func(t *trial) { t.Accepted, t.NotSent = 995, 5 }},
		{"the services: the 99th percentile of the latency was 1.2s", func(t *trial) { t.Wait.P99 = 1200 * time.Millisecond }},
		{"the Collector: it refused 5 spans", func(t *trial) { t.counts.Refused = 5 }},
		{"the Collector: its queue had no place for 7 spans", func(t *trial) { t.counts.Failed = 7 }},
		{"the services: 10 of 12000 spans had not reached the Collector", func(t *trial) { t.counts.Accepted = 11_990 }},
		{"Jaeger: 8 spans were still in the Collector's queue", func(t *trial) { t.behind = 8 }},
		{"Jaeger: 1 of 500 traces were not complete", func(t *trial) { t.found.Complete = 499 }},
	} {
		spoilt := held
		test.spoil(&spoilt)
		if got := spoilt.gaveWay(); !strings.HasPrefix(got, test.want) {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
