package scale

import "fmt"

// An Account compares traces that were sent with what a store has of them.
type Account struct {
	Kinds map[Kind]Tally `json:"kinds"`
	// Copies counts spans that are stored again. A store whose key is the span's id has none.
	Copies int `json:"copies"`
	// First names traces that are lost or partial and may not be.
	First []string `json:"first,omitempty"`
}

// A Tally counts the traces of one kind.
type Tally struct {
	Sent    int `json:"sent"`
	Wanted  int `json:"wanted"`       // those that should be whole
	Kept    int `json:"kept"`         // of these, all spans are stored
	Missing int `json:"missing"`      // of these, none is
	Partial int `json:"partial"`      // of all that were sent, some spans are stored and some not
	Allowed int `json:"within_bound"` // missing or partial, as the drill says that some may be
	Extra   int `json:"not_sampled"`  // stored whole, although tail sampling should have dropped them
}

func (t Tally) plus(u Tally) Tally {
	return Tally{
		Sent: t.Sent + u.Sent, Wanted: t.Wanted + u.Wanted, Kept: t.Kept + u.Kept, Missing: t.Missing + u.Missing,
		Partial: t.Partial + u.Partial, Allowed: t.Allowed + u.Allowed, Extra: t.Extra + u.Extra,
	}
}

// shown is how many traces an account names.
const shown = 5

// rules say what should become of a trace.
type rules struct {
	wanted  func(Trace) bool               // it should be whole
	mayLose func(t Trace, stored int) bool // it may be missing or partial, for a reason
	dropped func(Trace) bool               // it should not be there
}

// account counts what was found of the traces.
func (r rules) account(traces []Trace, found stock) Account {
	a := Account{Kinds: map[Kind]Tally{}}
	for _, t := range traces {
		stored, copies := found.of(t)
		a.Copies += copies
		one := Tally{Sent: 1}
		if r.wanted(t) {
			one.Wanted = 1
		}
		switch stored {
		case spansEach:
			one.Kept = one.Wanted
			if r.dropped(t) {
				one.Extra = 1
			}
		case 0:
			one.Missing = one.Wanted
		default:
			one.Partial = 1
		}
		switch bad := one.Missing+one.Partial > 0; {
		case bad && r.mayLose(t, stored):
			one.Allowed = 1
		case bad && len(a.First) < shown:
			a.First = append(a.First, fmt.Sprintf("trace %s (%s): %d of %d spans", t, t.Kind, stored, spansEach))
		}
		a.Kinds[t.Kind] = a.Kinds[t.Kind].plus(one)
	}
	return a
}

// of adds up the tallies of some kinds.
func (a Account) of(kinds ...Kind) (sum Tally) {
	for _, k := range kinds {
		sum = sum.plus(a.Kinds[k])
	}
	return sum
}
