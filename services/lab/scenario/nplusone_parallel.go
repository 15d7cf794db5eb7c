package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 30,
	ID:     "n-plus-one-parallel",
	Title:  "The same N+1, eight calls at a time",
	Story: `Somebody found the loop and put goroutines around it. The page is fast again, so the matter is closed; but each view of the order
still costs the other services a hundred requests, and on the day of the sale they are what breaks first.`,
	Look:  "The same ×50 rows, but lying on top of each other instead of climbing: the time is short, the number is not.",
	Slow:  get("/orders/50?fetch=parallel"),
	Fixed: get("/orders/50?fetch=batch"),
	Want: Diagnosis{
		Kind:    doctor.NPlusOne,
		Places:  []Place{{"order", "pricing"}, {"order", "inventory"}},
		Basis:   doctor.Structural,
		Mention: true,
		Says:    []Saying{words("costs load"), counted(50, "×")},
	},
	// Seven rounds of up to eight calls each, both services side by side: pricing's 7 × 3 ms instead of 3 ms.
	Gain:    Gain{Whole: 18 * time.Millisecond, There: 18 * time.Millisecond},
	Planted: Gain{Asked: 98},
	Felt:    "a hundred requests within a few milliseconds keep the processors of a small machine busy: that is the load it costs",
})
