package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 100,
	ID:     "caller-starved",
	Title:  "A caller with no processor to spare",
	Story: `All services that order calls seem slow at once, each by its own figures as fast as ever. What they share is who asks: a process that gets no turn
on its processors notices each answer late, and its traces say that it was waiting for others.`,
	Look:      "Calls to different services that are all much longer than the servers' bars inside them.",
	Slow:      get("/orders/10?starve=order"),
	Processes: true,
	Want: Diagnosis{
		Kind:   doctor.EdgeWait,
		Places: []Place{{"order", ""}}, // the caller itself, and none of those it calls
		Basis:  doctor.Shared,
		Says:   []Saying{advice("what holds order up")},
	},
	Planted: Gain{Whole: 20 * time.Millisecond},
	Doubt:   "where only one of its calls happens to be late, one trace shows a late call and nothing of the caller's other ones, so that the doctor names that call's way and not the caller",
	Felt:    "a process that computes on all processors does so for all its requests",
})
