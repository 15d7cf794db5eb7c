package scale

import (
	"strings"
	"testing"
)

// The page says of each goal whether all its drills reached it, names those that did not, and leaves out goals of which no drill ran.
func TestVerdicts(t *testing.T) {
	outcome := func(in, drill string, lost, cut int) Outcome {
		return Outcome{Arrangement: in, Drill: drill, Account: Account{Kinds: map[Kind]Tally{Failed: {Missing: lost, Partial: cut}}}}
	}
	got := verdicts([]Outcome{
		outcome("kafka", "gateway-sigkill", 257, 3), // which one set may lose
		outcome("kafka", "gateway-removed", 42, 0),
		outcome("kafka", "untouched", 0, 0),
		outcome("kafka-twice", "gateway-sigkill", 0, 0),
	})
	want := strings.Join([]string{
		"- One set of gateways loses no trace that should be kept, unless one is killed: **missed** in 1 of 2 drills (traces: kafka/gateway-removed 42)",
		"- Two sets lose none at all: met, drills: 1",
		"- One set of gateways stores no trace in part: **missed** in 1 of 3 drills (traces: kafka/gateway-sigkill 3)",
		"- Two sets store none in part: met, drills: 1",
		"",
	}, "\n")
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// The drills that a goal leaves out exist, so that a new name does not make it stricter or empty.
func TestKilling(t *testing.T) {
	for _, name := range killing {
		if _, err := Find("^kafka/"+name+"$", false); err != nil {
			t.Error(err)
		}
	}
}
