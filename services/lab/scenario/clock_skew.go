package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 230,
	ID:     "clock-skew",
	Title:  "One machine's clock is two seconds ahead",
	Story: `In the waterfall the answer comes before the question: pricing's bars float two seconds to the right of the call that caused them. Durations are
right, for each clock counts seconds well; only what o'clock it is they disagree about, and so whatever compares the two is wrong.`,
	Look:  "Pricing's bars outside the call that holds them, all by the same distance. The doctor draws them where they belong.",
	Slow:  get("/orders/10?clock=pricing:2s"),
	Fixed: get("/orders/10"),
	Want: Diagnosis{
		Kind:   doctor.ClockSkew,
		Places: []Place{{"pricing", "order"}},
		Basis:  doctor.None,
		Says:   []Saying{about("the offset", 2*time.Second)},
	},
	Gain:    Gain{Ahead: 2 * time.Second},
	Planted: Gain{Ahead: 2 * time.Second},
})
