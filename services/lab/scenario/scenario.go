// Package scenario is the catalogue of slowdowns: what each looks like to a user, the request that has it, the one that
// does not, and what a good diagnosis says. The commands, the page, the documentation and the tests all read it: begin
// with [All].
//
// Each scenario stands in a file of its own. To add one, add a file; the tests say what is missing.
package scenario

import (
	"time"

	"spanwise/doctor"
)

// A Scenario is one slowdown and its cure.
type Scenario struct {
	Number int    // its place in the catalogue
	ID     string // what to call it on a command line
	Title  string // one line
	Story  string // what a user sees, and why it happens in real life
	Look   string // what to look for in the waterfall
	Slow   Request
	Fixed  Request   // the zero value if there is no cure on our side
	Before []Request // made before each slow and each fixed one, to bring the system into the state it needs
	// Scattered says that parts of it are in traces of their own, which have to be looked for.
	Scattered bool
	// Rest is how long nobody may have asked before, for caches to forget.
	Rest time.Duration
	// Products is how big the catalogue has to be for it to show; 0 if any will do.
	Products int
	// Real says that it takes real time even where time is virtual, as computing does; Processes, that it needs
	// the services to be processes of their own.
	Real, Processes bool
	Crowd           int       // how many of the request run at once; 0 and 1 mean that it runs alone
	Want            Diagnosis // of the slow request
	Cured           Diagnosis // of the fixed request; the zero value, nothing to report, is usual
	Gain            Gain      // of the slow request over the fixed one where time is virtual: exactly that; see [Gain]
	Planted         Gain      // the same in any real run: at least that
	// Felt says why a request that runs beside it is slowed down too, where processors are few; "" if it is not, as it should be.
	Felt  string
	Near  doctor.Kind // what it could be mistaken for, of a scenario in which nothing is wrong
	Doubt string      // why the doctor is known to be wrong here; "" if it is not. The score shows it
	Loose string      // why its cure is known to save far less than the bound that the doctor gives; the same
}

// Healthy reports whether the scenario is one in which nothing is wrong.
func (s Scenario) Healthy() bool { return s.Want.Kind == "" }

// The names of variants.
const (
	Slow     = "slow"
	Fixed    = "fixed"
	Before   = "before"    // the request before it became slow, where there is no cure on our side
	Well     = "healthy"   // nothing is wrong
	NearMiss = "near-miss" // nothing is wrong, though it looks like it
)

// A Variant is one side of a scenario.
type Variant struct {
	Name    string
	Request Request
	Want    Diagnosis
}

// Usual is the request when nothing is wrong: cured, or before it became slow, or always.
func (s Scenario) Usual() Variant {
	all := s.Variants()
	return all[len(all)-1]
}

// Variants returns the requests of a scenario in the order in which they are made: the slow one and the one it is compared
// with, or the one in which nothing is wrong.
func (s Scenario) Variants() []Variant {
	switch {
	case s.Near != "":
		return []Variant{{NearMiss, s.Slow, s.Want}}
	case s.Healthy():
		return []Variant{{Well, s.Slow, s.Want}}
	case s.Fixed.Made():
		return []Variant{{Slow, s.Slow, s.Want}, {Fixed, s.Fixed, s.Cured}}
	}
	return []Variant{{Slow, s.Slow, s.Want}, {Before, s.Slow.Healthy(), Diagnosis{}}}
}
