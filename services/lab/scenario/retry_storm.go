package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 140,
	ID:     "retry-storm",
	Title:  "Two layers that both try again at once",
	Story: `Inventory has a bad minute, and then a bad hour. Each layer above it retries what failed, three times, at once: three attempts become
nine where two layers do it, and twenty-seven with a third. The service that could not carry one request now gets nine for each.`,
	Look:  "Calls to inventory that all fail, three below each of three calls to pricing, with no pause between them.",
	Slow:  status(503, get("/orders/3/quote?retries=storm&fail=inventory:503&latency=inventory:100ms")),
	Fixed: status(503, get("/orders/3/quote?retries=backoff&fail=inventory:503&latency=inventory:100ms")),
	Want: Diagnosis{
		Kind:   doctor.RetryStorm,
		Places: []Place{{"order", "pricing"}},
		Basis:  doctor.Structural,
		Says:   []Saying{counted(9, "attempts")}, // the amplification
		Also:   inventoryIsSlow,
	},
	Cured: Diagnosis{Also: inventoryIsSlow},
	// The cure makes three attempts of 100 ms with pauses of 10 and 20 ms where the storm makes nine.
	Gain:    Gain{Whole: 570 * time.Millisecond, There: 570 * time.Millisecond},
	Planted: Gain{There: 500 * time.Millisecond},
})

// inventoryIsSlow is what else is true where inventory was told to take its time.
var inventoryIsSlow = []Also{{doctor.SlowDependency, Place{"pricing", "inventory"}, "inventory does take a tenth of a second for each failure"}}
