package scenario

import "spanwise/doctor"

var _ = add(Scenario{
	Number: 260,
	ID:     "masked-error",
	Title:  "A failure three calls down that a fallback hides",
	Story: `Nobody gets a discount any more, and nobody gets an error either. Inventory fails, pricing takes everything for scarce instead of failing too,
as it was told to, and order answers 200. The fallback does its work so well that the outage is found by the accountants.`,
	Look: "A red bar at the very bottom, in a waterfall whose top is green.",
	Slow: get("/orders/3/quote?fail=inventory:503&fallback=scarce"),
	Want: Diagnosis{
		Kind:   doctor.ErrorOrigin,
		Places: []Place{{"inventory", ""}},
		Basis:  doctor.None,
		Says:   []Saying{words("`GET /stock`"), words("503"), words("went on without it")},
	},
	// Inventory's own span and the call to it fail; its query of 2 ms would have run beside longer ones.
	Gain:    Gain{Failed: 2},
	Planted: Gain{Failed: 2},
})
