package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 80,
	ID:     "slow-dependency",
	Title:  "A slow service that everybody waits for",
	Story: `Everything that shows a price is slow, and every team's dashboard shows its own service as slow, for all of them wait. Only one
of them is: the last one in the chain, and nothing on the caller's side will cure it.`,
	Look: "The order's bar and the call's bar are as long as pricing's own, in which nothing more is to be seen.",
	Slow: get("/orders/10?latency=pricing:200ms"),
	Want: Diagnosis{
		Kind:   doctor.SlowDependency,
		Places: []Place{{"order", "pricing"}},
		Basis:  doctor.Structural,
		Says:   []Saying{atLeast("the time there", 200*time.Millisecond), words("GET /prices")},
	},
	Gain:    Gain{Whole: 200 * time.Millisecond, There: 200 * time.Millisecond},
	Planted: Gain{There: 200 * time.Millisecond},
})
