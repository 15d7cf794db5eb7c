// Package scenario is the catalogue of slowdowns: what users see of each, a request that has it, one that does not, and
// what a good diagnosis says. The commands, the page, the documentation and the tests all read it; begin with [All].
//
// To add a scenario, write it down in one of the files and list it in catalogue.go; the tests report what is missing.
package scenario

import (
	"time"

	"spanwise/doctor"
)

// A Scenario is a slowdown and its fix, or a request in which nothing is wrong.
type Scenario struct {
	ID    string // its name on the command line and in addresses
	Title string // one line
	Story string // what users see, and how it comes about
	Hint  string // what to look for in the waterfall

	Slow  Request
	Fixed Request   // the zero value if no change of the services fixes it
	Setup []Request // made before each slow and each fixed request, to bring the system into the state that these need

	Concurrency int           // how many copies of the request run at once; 0 means one
	Cooldown    time.Duration // how long the system must be idle before, for caches and budgets to expire
	Products    int           // the size of the catalogue of products at which it shows; 0 for any
	RealTime    bool          // takes real time even where time is virtual, as computing does
	Processes   bool          // shows only if each service is a process of its own

	Want      Diagnosis // of the slow request
	WantFixed Diagnosis // of the fixed request; usually the zero value: nothing to report
	Effect    Effect    // exactly, where time is virtual; see [Effect]
	MinEffect Effect    // at least, in any real run

	Resembles doctor.Kind // the kind that a near miss could be mistaken for; "" for all other scenarios
	Limitations
}

// Limitations are what the catalogue admits. The score reports them and does not count them as missed targets.
type Limitations struct {
	KnownWrong  string `json:"reason,omitempty"`           // why the doctor is known to be wrong in some runs
	LooseBound  string `json:"bound_reason,omitempty"`     // why the fix is known to save far less than the predicted upper bound
	LowBound    string `json:"low_bound_reason,omitempty"` // why the fix is known to save more than the predicted upper bound
	SlowsOthers string `json:"control_reason,omitempty"`   // why it is known to slow a request that runs at the same time
}

// Healthy reports whether nothing is wrong in the scenario.
func (s Scenario) Healthy() bool { return s.Want.Kind == "" }

// The names of variants.
const (
	Slow     = "slow"
	Fixed    = "fixed"
	Before   = "before"    // without the slowdown, if no change of the services fixes it
	Healthy  = "healthy"   // nothing is wrong
	NearMiss = "near-miss" // nothing is wrong, although it looks as if something were
)

// A Variant is one request of a scenario with the diagnosis that it deserves.
type Variant struct {
	Name    string
	Request Request
	Want    Diagnosis
}

// Variants returns the variants of a scenario in the order in which they are played: the slow one and its baseline, or the only
// one if nothing is wrong.
func (s Scenario) Variants() []Variant {
	switch {
	case s.Resembles != "":
		return []Variant{{NearMiss, s.Slow, s.Want}}
	case s.Healthy():
		return []Variant{{Healthy, s.Slow, s.Want}}
	case s.Fixed.IsZero():
		return []Variant{{Slow, s.Slow, s.Want}, {Before, s.Slow.WithoutQuery(), Diagnosis{}}}
	}
	return []Variant{{Slow, s.Slow, s.Want}, {Fixed, s.Fixed, s.WantFixed}}
}

// Baseline is the variant that the slow one is compared with.
func (s Scenario) Baseline() Variant {
	all := s.Variants()
	return all[len(all)-1]
}
