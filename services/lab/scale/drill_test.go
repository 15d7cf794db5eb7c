package scale

import (
	"strings"
	"testing"
	"time"

	"spanwise/lab/native"
)

// Where some traces may be lost, the load also has traces before and after that which may not: a pipeline that loses all of them fails
// every drill.
func TestLoads(t *testing.T) {
	for _, d := range All {
		for _, in := range d.In {
			lead, tail := d.loads(in)
			if in.Tail && d.Break != nil && lead < wait*time.Second || lead+tail > time.Minute {
				t.Errorf("%s/%s: load for %v before the break and %v after it, want the gateways' whole wait and at most a minute", in.Name, d.Name, lead, tail)
			}
			if d.Bound.Why == "" || d.Bound.Reach == 0 { // the latter is bounded by a counter
				continue
			}
			broken := time.Now()
			r := &Rig{in: in, broken: broken, repaired: broken.Add(away)}
			first, last := Trace{Kind: Failed, Began: broken.Add(-lead).Add(time.Second)}, Trace{Kind: Failed, Began: r.repaired.Add(tail).Add(-time.Second)}
			if d.mayLose(r, first, 1) || d.mayLose(r, last, 1) {
				t.Errorf("%s/%s: the first or the last second of the load is within the bound", in.Name, d.Name)
			}
		}
	}
}

// A bound explains as many traces as are in reach and should be kept, and none where there is no bound.
func TestMost(t *testing.T) {
	o := Outcome{Evicted: 7, Account: Account{Kinds: map[Kind]Tally{Normal: {Sent: 80}, Failed: {Sent: 20, Wanted: 20}}}}
	for _, test := range []struct {
		of   Bound
		in   Arrangement
		want int
	}{
		{memory, gateways, rate * 13 / 2 / 5}, // half of what was sent in 13 s, of which a fifth is kept
		{memory, kafka, rate * (13 + 6) / 2 / 5},
		{change, gateways, rate * 3 / 2 / 5},
		{change, kafka, rate * (3 + 6) / 2 / 5},
		{change.once(), kafka, rate * 3 / 2 / 5}, // nothing moves back
		{memoryAndChange, kafka, rate * (13 + 3) / 2 / 5},
		{memory, gatewaysTwice, 0},
		{Bound{Why: "both", Reach: 5 * time.Second, Both: true}, gatewaysTwice, rate},
		{memory, ingesters, 0},
		{Bound{}, gateways, 0},
		{Bound{Why: "counted"}, gateways, 1},
	} {
		if got := test.of.most(test.in, &o); got != test.want {
			t.Errorf("%s, %q: got at most %d, want %d", test.in.Name, test.of.Why, got, test.want)
		}
	}
}

// A gateway that had nothing to lose shows nothing, and neither does an agent that was not missed or a counter that stays at 0.
func TestShowsNothing(t *testing.T) {
	idle := native.Delivery{Accepted: 8, Taken: 2, Given: 2}
	busy := native.Delivery{Accepted: 8, Taken: 2, Tail: native.Tail{Began: 3, Decided: 1}}
	for _, test := range []struct {
		name string
		err  error
		want string // in the error; empty for none
	}{
		{"no traces", hasTraces(gateways, "gateway-1", idle), "gateway-1 had no undecided trace"},
		{"traces", hasTraces(gateways, "gateway-1", busy), ""},
		{"an ingester has none", hasTraces(ingesters, "gateway-1", idle), ""},
		{"no partitions", hasPartitions(ingesters, "gateway-1", idle), "gateway-1 read nothing from Kafka"},
		{"partitions", hasPartitions(kafka, "gateway-1", busy), ""},
		{"not from Kafka", hasPartitions(gateways, "gateway-1", idle), ""},
		{"no retries", retried(t.Context(), nil, Outcome{}), "the agent was not away"},
		{"retries", retried(t.Context(), nil, Outcome{Retries: 1}), ""},
		{"nothing thrown out", thrownOut(t.Context(), nil, Outcome{}), "no trace was thrown out"},
	} {
		if (test.err == nil) != (test.want == "") || test.err != nil && !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, test.err, test.want)
		}
	}
}

// A change of the set cuts failed and slow traces, and loses none. One that is kept for its id is kept in both parts.
func TestCuts(t *testing.T) {
	began := time.Now()
	r := &Rig{in: kafka, broken: began, repaired: began}
	for _, test := range []struct {
		of     Bound
		kind   Kind
		stored int
		want   bool
	}{
		{change, Failed, 4, true},
		{change, Slow, 4, true},
		{change, Failed, 0, false},
		{change, Slow, 0, false},
		{change, Normal, 0, false},
		{change, Normal, 4, false},
		{change.once(), Failed, 0, false},
		{memory, Failed, 0, true},
		{memory, Normal, 0, true},
		{memoryAndChange, Normal, 0, true},
	} {
		trace := Trace{Kind: test.kind, Began: began}
		if got := (Drill{Bound: test.of}).mayLose(r, trace, test.stored); got != test.want {
			t.Errorf("%s, %d spans stored, although %s: got %v, want %v", test.kind, test.stored, test.of.Why, got, test.want)
		}
	}
}

// The page says which traces may be lost, and how many.
func TestBoundText(t *testing.T) {
	want := " One set of gateways may lose or cut traces: " + memory.Why + ". At most, these are the traces of 6.5 s, or 9.5 s with Kafka."
	if got := memory.text(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	want = " One set of gateways may cut failed and slow traces, and lose none: " + change.Why + ". At most, these are the traces of 1.5 s."
	if got := change.once().text(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (Bound{}).text(); got != "" {
		t.Errorf("without a bound: got %q", got)
	}
}
