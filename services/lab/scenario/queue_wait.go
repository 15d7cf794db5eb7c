package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 180,
	ID:     "lock-around-a-query",
	Title:  "A lock that is held while a query runs",
	Story: `The more users, the slower it gets, in a straight line, while no processor and no disk has anything to do. Somebody protected a map, and later
put a query between Lock and Unlock. Now everybody queues behind everybody's database.`,
	Look:  "The longer a request waited, the later it came: the bars of several requests end like the steps of a staircase.",
	Slow:  get("/orders/3?lock=inventory&latency=inventory.db:20ms"),
	Fixed: get("/orders/3?latency=inventory.db:20ms"),
	Crowd: 6,
	Want: Diagnosis{
		Kind:   doctor.QueueWait,
		Places: []Place{{"inventory", ""}},
		Basis:  doctor.Shared,
		Says: []Saying{ // apart
			between("the work", 20*time.Millisecond, 40*time.Millisecond),
			between("the wait", 80*time.Millisecond, 200*time.Millisecond),
		},
	},
	Gain:    Gain{Whole: 110 * time.Millisecond, There: 110 * time.Millisecond},
	Planted: Gain{There: 100 * time.Millisecond},
})
