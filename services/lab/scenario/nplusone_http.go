package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 10,
	ID:     "n-plus-one-http",
	Title:  "N+1 over HTTP: one call for each line of an order",
	Story: `The page of a big order takes a second, that of a small one is instant, and in tests, where orders have three lines,
nobody ever saw it. The code loads the order and then, in a loop, asks what each line's product costs and how many are left. Each
call is fast. A helper that fetches one thing is what one has at hand, and a loop around it is written in a minute.`,
	Look:  "Two rows folded as ×50 that climb like stairs: each call begins where the one before it ended.",
	Slow:  get("/orders/50?fetch=each"),
	Fixed: get("/orders/50?fetch=batch"),
	Want: Diagnosis{
		Kind:   doctor.NPlusOne,
		Places: []Place{{"order", "pricing"}, {"order", "inventory"}},
		Basis:  doctor.Structural,
		Says:   []Saying{counted(50, "×")},
	},
	// 50 × (2 ms + 3 ms), one after another, become one of 2 ms beside one of 3 ms.
	Gain:    Gain{Whole: 247 * time.Millisecond, There: 247 * time.Millisecond},
	Planted: Gain{Times: 5},
})
