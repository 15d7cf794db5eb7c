package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 170,
	ID:     "pool-of-one",
	Title:  "A pool of one connection, and several requests",
	Story: `Alone, the request is fast; at noon it takes a second, and the database, which everybody suspects, is bored. Each request waits until another
gives its connection back. Somebody set the pool's limit when there was one user, or took the default of a framework.`,
	Look:  "Before the query a wait for a connection, and no two queries of all these requests at the same time.",
	Slow:  get("/orders/3?pool=inventory&latency=inventory.db:20ms"),
	Fixed: get("/orders/3?latency=inventory.db:20ms"),
	Crowd: 6,
	Want: Diagnosis{
		Kind:   doctor.PoolWait,
		Places: []Place{{"inventory", ""}},
		Basis:  doctor.Shared,
		Says:   []Saying{between("the wait", 80*time.Millisecond, 200*time.Millisecond)},
	},
	// The last of six waits for five others, 22 ms each.
	Gain:    Gain{Whole: 110 * time.Millisecond, There: 110 * time.Millisecond},
	Planted: Gain{There: 100 * time.Millisecond},
})
