package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 60,
	ID:     "serial-calls",
	Title:  "Two calls one after the other that need nothing of each other",
	Story: `A page takes as long as the sum of everything it shows. The code asks for the stock, waits, then asks for the prices, because that is the
order in which the lines were written. Neither answer is needed for the other question.`,
	Look:  "Two bars of different services in a row, the second beginning where the first ends.",
	Slow:  get("/orders/10?calls=serial&latency=inventory:40ms,pricing:60ms"),
	Fixed: get("/orders/10?calls=parallel&latency=inventory:40ms,pricing:60ms"),
	Want: Diagnosis{
		Kind:   doctor.SerialCalls,
		Places: []Place{{"order", "inventory or pricing"}},
		Basis:  doctor.Structural,
		Says:   []Saying{words("GET /stock"), words("GET /prices")},
	},
	// Inventory's 42 ms come before pricing's 63 ms, where before they were beside them.
	Gain:    Gain{Whole: 42 * time.Millisecond, There: 42 * time.Millisecond},
	Planted: Gain{Whole: 40 * time.Millisecond},
})
