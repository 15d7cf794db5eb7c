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
object mapper loads each row when it is first touched: one statement for the list, and one more for every item in it.`,
	Look:  "One call to inventory, and below it the same SELECT folded as ×100, one after another.",
	Slow:  get("/orders/100?rows=each"),
	Fixed: get("/orders/100?rows=join"),
	Want: Diagnosis{
		Kind:   doctor.NPlusOne,
		Places: []Place{{"inventory", Database}},
		Basis:  doctor.Structural,
	},
	// Inventory's 100 × 2 ms decide, where before pricing's 3 ms beside it did.
	Gain: Gain{Whole: 197 * time.Millisecond, There: 200 * time.Millisecond},
})
