package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 130,
	ID:     "cold-connect",
	Title:  "A new connection for every call",
	Story: `Calls to the other service take twice as long as its own figures say, and the machine has thousands of sockets in TIME_WAIT. The
client is made anew for each call, or keeps too few connections, or does not read answers to the end, so that each call begins with a
handshake, which crosses the network before the question does.`,
	Look:  "Below the call a span named connect, as long as the rest of the way to pricing.",
	Slow:  get("/orders/10?connections=new&latency=pricing.net:30ms"),
	Fixed: get("/orders/10?connections=kept&latency=pricing.net:30ms"),
	Want: Diagnosis{
		Kind:   doctor.ColdConnect,
		Places: []Place{{"order", "pricing"}},
		Basis:  doctor.Structural,
		Says:   []Saying{atLeast("the handshake", 30*time.Millisecond)},
		Also:   []Also{{doctor.EdgeWait, Place{"order", "pricing"}, farAway}},
	},
	Cured:   Diagnosis{Also: []Also{{doctor.EdgeWait, Place{"order", "pricing"}, farAway}}},
	Gain:    Gain{Whole: 30 * time.Millisecond, There: 30 * time.Millisecond},
	Planted: Gain{There: 30 * time.Millisecond},
})

const farAway = "the way to pricing is really 30 ms long, with a handshake or without"
