package scale

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"spanwise/lab/native"
)

// Every drill has a name, a text and an arrangement, and names are unique. A bound gives its reason.
func TestAll(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range All {
		if d.Name == "" || d.Text == "" || len(d.In) == 0 || seen[d.Name] {
			t.Errorf("%s lacks something, or its name is used twice", d.Name)
		}
		if bounded := d.Bound.Before > 0 || d.Bound.After > 0; bounded != (d.Bound.Why != "") {
			t.Errorf("%s has a bound without a reason, or a reason without a bound", d.Name)
		}
		seen[d.Name] = true
	}
	for _, in := range arrangements {
		if !slices.Contains(native.Pipelines, in.Pipeline) {
			t.Errorf("%s is not a pipeline", in.Pipeline)
		}
	}
}

// Runs are found by their names, or by -quick; an unknown name is an error that says how to list them.
func TestFind(t *testing.T) {
	if quick, err := Find("", true); err != nil || len(quick) != 2 {
		t.Errorf("got %d, %v, want the 2 for CI", len(quick), err)
	}
	some, err := Find("^kafka/gateway-sigkill$", false)
	if err != nil || len(some) != 1 || !slices.Equal(some[0].Settings(), []string{"PIPELINE=kafka"}) {
		t.Errorf("got %v, %v, want one with its settings", some, err)
	}
	if _, err := Find("(", false); err == nil {
		t.Error("got no error for half a regular expression")
	}
	if _, err := Find("nonsense", false); err == nil || !strings.Contains(err.Error(), "-list") {
		t.Errorf("got %v, want how to list them", err)
	}
}

// Only one set of gateways may lose traces, and only those that began near the break.
func TestMayLose(t *testing.T) {
	d := Drill{Bound: Bound{Why: "it is in memory", Before: 10 * time.Second, After: time.Second}}
	broken := time.Now()
	for _, test := range []struct {
		in    Arrangement
		after time.Duration // the break, which takes 5 s
		want  bool
	}{
		{gateways, -11 * time.Second, false},
		{gateways, -9 * time.Second, true},
		{gateways, 5 * time.Second, true},
		{gateways, 7 * time.Second, false},
		{kafka, 7 * time.Second, true}, // its group still shares out the partitions
		{kafka, 7*time.Second + rebalance, false},
		{gatewaysTwice, 0, false},
		{kafkaTwice, 0, false},
		{direct, 0, false},
	} {
		r := &Rig{in: test.in, broken: broken, repaired: broken.Add(5 * time.Second)}
		if got := d.mayLose(r, Trace{Began: broken.Add(test.after)}, 0); got != test.want {
			t.Errorf("%s, a trace that began %v after the break: got %v, want %v", test.in.Name, test.after, got, test.want)
		}
	}
	d.Bound.Both = true
	if !d.mayLose(&Rig{in: kafkaTwice, broken: broken, repaired: broken}, Trace{Began: broken}, 0) {
		t.Error("a drill that disturbs both sets allows no loss")
	}
	if (Drill{}).mayLose(&Rig{in: gateways}, Trace{}, 0) {
		t.Error("a drill without a bound allows a loss")
	}
}

// A drill fails if traces are lost or partial beyond the bound, spans are reported as lost, or nothing was measured.
func TestJudge(t *testing.T) {
	good := Account{Kinds: map[Kind]Tally{Failed: {Sent: 10, Wanted: 10, Kept: 10}}}
	for _, test := range []struct {
		name   string
		change func(*Outcome)
		want   string // in the error; empty for none
	}{
		{"all kept", func(*Outcome) {}, ""},
		{"lost within the bound", func(o *Outcome) {
			o.Kinds = map[Kind]Tally{Slow: {Sent: 2, Wanted: 2, Kept: 1, Missing: 1, Allowed: 1}}
			o.Bound = 1
		}, ""},
		{"more lost than the bound explains", func(o *Outcome) {
			o.Kinds = map[Kind]Tally{Slow: {Sent: 2, Wanted: 2, Missing: 2, Allowed: 2}}
			o.Bound = 1
		}, "2 traces are missing or partial within the bound, which explains at most 1"},
		{"nothing sampled", func(o *Outcome) {
			o.Kinds = map[Kind]Tally{Failed: {Sent: 1, Wanted: 1, Kept: 1}, Normal: {Sent: 9, Extra: 9}}
		}, "9 traces are stored that tail sampling should have dropped"},
		{"lost", func(o *Outcome) { o.First = []string{"trace 1 (slow): 0 of 8 spans"} }, "the first beyond it: trace 1 (slow)"},
		{"reported", func(o *Outcome) { o.Reported = 3 }, "report 3 spans"},
		{"nothing sent", func(o *Outcome) { o.Kinds = nil }, "nothing was measured"},
	} {
		o := Outcome{Account: good}
		test.change(&o)
		o.judge()
		if err := o.Err(); (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}

// The tables name every drill, what it kept, what failed, and why one set of gateways may lose traces.
func TestReport(t *testing.T) {
	kinds := map[Kind]Tally{Failed: {Sent: 1500, Wanted: 1500, Kept: 1499, Missing: 1, Allowed: 1}, Normal: {Sent: 900, Wanted: 90, Kept: 90}}
	r := Report{Drills: []Outcome{
		{Arrangement: "kafka", Drill: "gateway-sigkill", Account: Account{Kinds: kinds, Copies: 1234}, Bound: 364, Held: 987},
		{Arrangement: "gateways", Drill: "untouched", Wrong: []string{"lost"}},
	}}
	for _, text := range []string{r.String(), r.Markdown()} {
		for _, want := range []string{"1,499 of 1,500", "90 of 90", "1,234", "1, at most 364", "987", "untouched **failed**"} {
			if !strings.Contains(text, want) {
				t.Errorf("got\n%s\nwant %q in it", text, want)
			}
		}
	}
	if !strings.Contains(r.Markdown(), memory.Why) || strings.Contains(r.Markdown(), "late-inside") {
		t.Errorf("got\n%s\nwant the bound, and no drill that did not run", r.Markdown())
	}
}

// The drills know how long the gateways wait, and which share of the traces is kept anyway.
func TestSettings(t *testing.T) {
	for file, want := range map[string]string{
		"pipeline/gateway.yaml": fmt.Sprintf("${env:OTELCOL_DECISION_WAIT:-%ds}", wait),
		"otelcol-tail.yaml":     fmt.Sprintf("{sampling_percentage: %v}", share*100),
	} {
		text, err := os.ReadFile("../../../deploy/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), want) {
			t.Errorf("deploy/%s lacks %q", file, want)
		}
	}
}
