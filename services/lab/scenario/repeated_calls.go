package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 70,
	ID:     "repeated-calls",
	Title:  "The same question asked again for each line",
	Story: `A quote for a big order is slow, and the database's statistics show one harmless little query at the top of the list. Each line's
price is computed by a function that, to be safe, looks the discounts up itself. They are the same for every line of the request.`,
	Look:  "SELECT discounts folded as ×50 below one span of pricing, every one of them the same to the letter.",
	Slow:  get("/orders/50/quote?lookups=each&latency=pricing.db:1ms"),
	Fixed: get("/orders/50/quote?lookups=once&latency=pricing.db:1ms"),
	Want: Diagnosis{
		Kind:   doctor.RepeatedCalls,
		Places: []Place{{"pricing", Database}},
		Basis:  doctor.Structural,
		// The first may run beside other questions. The advice is to name the layer that sees all of them.
		Says: []Saying{countedFrom(49, 50, "times"), advice("in pricing"), advice("`POST /quotes`")},
	},
	Gain:    Gain{Whole: 196 * time.Millisecond, There: 196 * time.Millisecond},
	Planted: Gain{There: 49 * time.Millisecond},
})
