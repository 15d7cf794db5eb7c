package drill

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spanwise/internal/journal"
	"spanwise/lab/native"
)

// dealAll returns the steps of a whole deck.
func dealAll(seed uint64, lacks map[string]error) (steps [][]fault) {
	d := &deck{random: (&Rig{Seed: seed}).random(), lacks: lacks}
	for steps = append(steps, d.deal()); len(d.left) > 0; {
		steps = append(steps, d.deal())
	}
	return steps
}

// The random mix causes each fault once before any of them again, and never two that would disturb each other.
func TestDeal(t *testing.T) {
	seen := map[string]int{}
	for _, step := range dealAll(1, nil) {
		for _, f := range step {
			seen[f.target+" "+f.name]++
		}
		if len(step) > 1 && step[0].meets(step[1]) {
			t.Errorf("%v and %v happen at the same time", step[0], step[1])
		}
	}
	for _, k := range kinds {
		for _, target := range k.targets {
			if n := seen[target+" "+k.name]; n != 1 {
				t.Errorf("%s %s happens %d times, want 1", target, k.name, n)
			}
			delete(seen, target+" "+k.name)
		}
	}
	if len(seen) > 0 {
		t.Errorf("got also %v", seen)
	}
}

// The seed determines which faults happen, in which order, and for how long.
func TestDealBySeed(t *testing.T) {
	text := func(seed uint64) string { return fmt.Sprint(dealAll(seed, nil)) }
	if diff := cmp.Diff(text(7), text(7)); diff != "" {
		t.Errorf("two runs with a seed differ:\n%s", diff)
	}
	if text(7) == text(8) {
		t.Error("two seeds give the same run")
	}
}

// What a machine cannot cause is left out, and nothing else.
func TestDealWithout(t *testing.T) {
	count := func(lacks map[string]error) (n int) {
		for _, step := range dealAll(1, lacks) {
			n += len(step)
			for _, f := range step {
				if lacks[f.needs] != nil {
					t.Errorf("got %v without %s", f, f.needs)
				}
			}
		}
		return n
	}
	if all, some := count(nil), count(map[string]error{postgresServer: errors.New("not installed"), network: errors.New("no root")}); all-some != 3 {
		t.Errorf("got %d faults, and %d without PostgreSQL and a network, want 3 fewer", all, some)
	}
}

// Only what a killed service had not been able to send, or what was in a queue that was cut, may be lost.
func TestMixMayLose(t *testing.T) {
	at := func(seconds float64) time.Time {
		return time.Unix(1000, 0).Add(time.Duration(seconds * float64(time.Second)))
	}
	r := &Rig{Kills: map[string][]interval{native.Order: {{at(10), at(11)}, {at(50), at(50)}}, native.Pricing: {{at(50), at(50)}}}}
	m := &mix{
		stalls: []stall{{"", interval{at(30), at(44)}}, {native.Pricing, interval{at(46), at(49.9)}}},
		cuts:   []interval{{at(100), at(104)}},
	}
	for _, test := range []struct {
		service        string
		started, ended float64 // an end of 0 is none
		want           bool
		why            string
	}{
		{native.Order, 9, 0, true, "it had not ended when order was killed"},
		{native.Order, 9, 9.5, true, "it ended just before"},
		{native.Order, 9, 9.1, true, "it ended less than a second before the kill, and not before the exit"},
		{native.Order, 5, 8, false, "it was sent long before"},
		{native.Inventory, 9, 9.5, false, "inventory was not killed"},
		{native.Order, 28, 29.5, true, "the Collector went away, and order was killed before it can have sent everything again"},
		{native.Order, 28, 28.5, false, "it was sent before the Collector went away"},
		{native.Inventory, 31, 32, false, "inventory was not killed, and sends it later"},
		{native.Order, 100, 101, true, "it was in the queue"},
		{native.Order, 99, 101, false, "it started before everything was in Jaeger"},
		{native.Order, 101, 104.1, false, "it ended when the Collector was dead, and is sent to the new queue"},
		{native.Order, 101, 0, false, "it never ended, and order was not killed"},
	} {
		s := journal.Span{Service: test.service, Started: at(test.started)}
		if test.ended > 0 {
			s.Ended = at(test.ended)
		}
		if got := m.mayLose(r, s); got != test.want {
			t.Errorf("span of %s from %g s to %g s: got %v, want %v: %s", test.service, test.started, test.ended, got, test.want, test.why)
		}
	}

	// Without the Collector's absence, only what was in pricing while it was stopped is lost with it.
	m.stalls = m.stalls[1:]
	for service, want := range map[string]bool{native.Pricing: true, native.Order: false} {
		if got := m.mayLose(r, journal.Span{Service: service, Started: at(45), Ended: at(45.5)}); got != want {
			t.Errorf("span of %s from before pricing was stopped: got %v, want %v", service, got, want)
		}
	}
}

// A long mix in which a kind never happened is an error, unless this machine cannot cause it.
func TestNeverHappened(t *testing.T) {
	m := &mix{happened: map[string]int{}, lacks: map[string]error{network: errors.New("no root")}}
	for _, k := range kinds {
		m.happened[k.name] = 1
	}
	delete(m.happened, "cut")
	if err := m.note(&Rig{Length: enough}); err != nil {
		t.Errorf("got %v, want no error: the network cannot be cut here", err)
	}
	m.happened["burst"] = 0
	if err := m.note(&Rig{Length: time.Minute}); err != nil {
		t.Errorf("got %v, want no error: a minute is too short for all kinds", err)
	}
	if err := m.note(&Rig{Length: enough}); err == nil {
		t.Error("got no error, want one: there was no burst")
	}
}
