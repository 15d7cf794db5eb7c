package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 20,
	ID:     "n-plus-one-far-away",
	Title:  "The same N+1 with 5 ms to the other service",
	Story: `In the office the page is tolerable; in production, where pricing runs in another zone, it takes half a second more. Nothing in
the code changed. An N+1 multiplies whatever one call costs, so it hides on a laptop and shows where each call has a way to go.`,
	Look:  "The same stairs, but nearly all of their height belongs to pricing, whose single calls are all about 5 ms.",
	Slow:  get("/orders/50?fetch=each&latency=pricing:5ms"),
	Fixed: get("/orders/50?fetch=batch&latency=pricing:5ms"),
	Want: Diagnosis{
		Kind:   doctor.NPlusOne,
		Places: []Place{{"order", "pricing"}, {"order", "inventory"}}, // two loops, taking turns
		Basis:  doctor.Structural,
		Says:   []Saying{counted(50, "×")},
	},
	Gain:    Gain{Whole: 492 * time.Millisecond, There: 492 * time.Millisecond},
	Planted: Gain{There: 49 * 5 * time.Millisecond},
})
