package scenario

import (
	"strings"
	"time"

	"spanwise/doctor"
)

var retryStorm = Scenario{
	ID:    "retry-storm",
	Title: "Two layers that both retry immediately",
	Story: `Inventory has a bad minute, and then a bad hour. Each layer above it makes three attempts without a pause between them:
two layers make nine attempts, and a third layer would make it twenty-seven. The service that could not handle one request now
gets nine.`,
	Hint:  "Calls to inventory that all fail, three below each of three calls to pricing, with no pause between them.",
	Slow:  get("/orders/3/quote?retries=storm&fail=inventory:503&latency=inventory:100ms").expecting(503),
	Fixed: get("/orders/3/quote?retries=backoff&fail=inventory:503&latency=inventory:100ms").expecting(503),
	Want: Diagnosis{
		Kind:     "retry-storm",
		Places:   []Place{{"order", "pricing"}},
		Basis:    doctor.Structural,
		Details:  []Detail{count(9, "attempts")}, // the amplification
		AlsoTrue: inventoryIsSlow,
	},
	WantFixed: Diagnosis{AlsoTrue: append(inventoryIsSlow,
		Excuse{"retry-storm", Place{"pricing", "inventory"}, "three attempts at what fails for an hour do take three times as long as one"})},
	// The fix makes three attempts of 100 ms with pauses of 10 and 20 ms, the storm makes nine.
	Effect:    Effect{Duration: 570 * time.Millisecond, AtPlaces: 570 * time.Millisecond},
	MinEffect: Effect{AtPlaces: 500 * time.Millisecond},
}

var inventoryIsSlow = []Excuse{{"slow-dependency", Place{"pricing", "inventory"}, "inventory does take 100 ms for each failure"}}

var callerGaveUp = Scenario{
	ID:    "caller-gave-up",
	Title: "The caller gave up, but the callee kept working",
	Story: `Users see an error after a tenth of a second and reload the page, and the database gets slower with every reload. The
caller stopped waiting, but the callee does not notice: it finishes each answer, which is then thrown away.`,
	Hint:  "A call that ends with an error while the server's bar below it continues, far beyond the end of the request.",
	Slow:  get("/orders/3?timeout=inventory:100ms&latency=inventory.db:1s&cancel=ignored").expecting(504),
	Fixed: get("/orders/3?timeout=inventory:100ms&latency=inventory.db:1s&cancel=heeded").expecting(504),
	Want: Diagnosis{
		Kind:   "caller-gave-up",
		Places: []Place{{"order", "inventory"}},
		Basis:  doctor.None,
		Details: []Detail{
			durationFrom("the caller's timeout", limit, 100*time.Millisecond),
			durationBetween("the wasted work", overrun, 880*time.Millisecond, 1100*time.Millisecond),
		},
	},
	WantFixed: Diagnosis{AlsoTrue: []Excuse{
		{"slow-dependency", Place{"inventory", Database}, "inventory's database does take a second"},
		{"error-origin", Place{"order", "inventory"}, "the request does fail at the timeout"},
	}},
	// The caller waits equally long either way; the fix saves the work that goes on after it gave up.
	Effect:    Effect{AfterAnswer: 902 * time.Millisecond},
	MinEffect: Effect{AfterAnswer: 900 * time.Millisecond},
}

var maskedError = Scenario{
	ID:    "masked-error",
	Title: "A failure three calls down, hidden by a fallback",
	Story: `No customer gets a discount any more, and no customer gets an error either. Inventory fails; as configured, pricing treats
every product as scarce instead of failing too, and order responds with 200. The fallback works so well that the accountants are the
first to notice the outage.`,
	Hint: "A red bar at the very bottom of a waterfall whose top is green.",
	Slow: get("/orders/3/quote?fail=inventory:503&fallback=scarce"),
	Want: Diagnosis{
		Kind:   "error-origin",
		Places: []Place{{"inventory", ""}},
		Basis:  doctor.None,
		Details: []Detail{
			operation("GET /stock"),
			detail("503", func(f doctor.Finding) bool { return strings.HasPrefix(f.Figures.Error, "503") }),
			detail("what handled it", func(f doctor.Finding) bool { return f.Figures.HandledBy != "" }),
		},
	},
	// Inventory's own span and the call to it fail; its query of 2 ms would have run in parallel with longer ones.
	Effect:    Effect{Errors: 2},
	MinEffect: Effect{Errors: 2},
}
