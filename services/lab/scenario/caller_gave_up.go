package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 150,
	ID:     "caller-gave-up",
	Title:  "The caller gives up, and the callee works on",
	Story: `Users see an error after a tenth of a second and reload the page, and the database gets slower with every reload. The caller stopped
waiting, but nobody told the one it waited for: each answer is worked out to the end, for nobody.`,
	Look:  "A call that ends with an error while the server's bar below it runs on, far beyond the end of the request.",
	Slow:  status(504, get("/orders/3?timeout=inventory:100ms&latency=inventory.db:1s&cancel=ignored")),
	Fixed: status(504, get("/orders/3?timeout=inventory:100ms&latency=inventory.db:1s&cancel=heeded")),
	Want: Diagnosis{
		Kind:   doctor.CallerGaveUp,
		Places: []Place{{"order", "inventory"}},
		Basis:  doctor.None,
		Says:   []Saying{atLeast("the patience", 100*time.Millisecond), between("the work for nobody", 880*time.Millisecond, 1100*time.Millisecond)},
	},
	Cured: Diagnosis{Also: []Also{{doctor.SlowDependency, Place{"inventory", Database}, "inventory's database does take a second"}}},
	// The caller waits equally long either way; what is gained is that nobody works on.
	Gain:    Gain{After: 902 * time.Millisecond},
	Planted: Gain{After: 900 * time.Millisecond},
})
