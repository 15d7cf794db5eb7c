package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 50,
	ID:     "n-plus-one-list",
	Title:  "A list of orders whose lines are loaded one order at a time",
	Story: `The customer's list of orders gets slower with every page size the front end tries. The list itself is one query; then, while it is
turned into JSON, each order fetches its own lines, from a database a millisecond away. This is the N+1 that gave the others their name.`,
	Look:  "SELECT orders once, then SELECT order_lines folded as ×40 below the same span.",
	Slow:  get("/orders?limit=40&rows=each&latency=order.db:1ms"),
	Fixed: get("/orders?limit=40&rows=join&latency=order.db:1ms"),
	Want: Diagnosis{
		Kind:   doctor.NPlusOne,
		Places: []Place{{"order", Database}},
		Basis:  doctor.Structural,
		Says:   []Saying{counted(40, "×")},
	},
	Gain:    Gain{Whole: 78 * time.Millisecond, There: 78 * time.Millisecond},
	Planted: Gain{There: 39 * time.Millisecond},
})
