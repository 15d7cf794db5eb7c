package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 40,
	ID:     "n-plus-one-sql",
	Title:  "N+1 in SQL: one query for each row",
	Story: `The service asks once, as it should, and still the answer takes longer the more lines the order has. One service further down an
object mapper loads each row when it is first touched: one statement for the list, and one more for every item in it. Here the
database is a millisecond away, as one on another machine is.`,
	Look:  "One call to inventory, and below it the same SELECT folded as ×100, one after another.",
	Slow:  get("/orders/100?rows=each&latency=inventory.db:1ms"),
	Fixed: get("/orders/100?rows=join&latency=inventory.db:1ms"),
	Want: Diagnosis{
		Kind:   doctor.NPlusOne,
		Places: []Place{{"inventory", Database}},
		Basis:  doctor.Structural,
		Says:   []Saying{counted(100, "×")},
	},
	// Inventory's 100 × 3 ms decide, where before its one query took as long as pricing's 3 ms beside it.
	Gain:    Gain{Whole: 297 * time.Millisecond, There: 300 * time.Millisecond},
	Planted: Gain{There: 99 * time.Millisecond},
})
