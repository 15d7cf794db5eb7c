package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 90,
	ID:     "edge-wait",
	Title:  "A slow way to a fast service",
	Story: `The caller's team measures a tenth of a second for each call, the callee's team three milliseconds, and both are right. The time
passes between the two processes: in the network, a proxy, a queue of connections not yet accepted. Neither side's own figures show it.`,
	Look: "The call's bar is long, and the server's bar inside it short: what lies around the inner bar belongs to neither service.",
	Slow: get("/orders/10?latency=pricing.net:100ms"),
	Want: Diagnosis{
		Kind:   doctor.EdgeWait,
		Places: []Place{{"order", "pricing"}},
		Basis:  doctor.Shared,
		Says:   []Saying{atLeast("the time on the way", 100*time.Millisecond)},
	},
	Gain:    Gain{Whole: 100 * time.Millisecond, There: 100 * time.Millisecond},
	Planted: Gain{There: 100 * time.Millisecond},
})
