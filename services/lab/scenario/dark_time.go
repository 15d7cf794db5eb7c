package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 210,
	ID:     "dark-time",
	Title:  "Time that no span accounts for",
	Story: `Everybody looks at the same trace and sees the same thing: a long bar, short calls at its end, and nothing before them. Somebody says garbage
collection, somebody says the network, and the meeting ends there. The instrumentation covers what libraries do; what the service
does itself nobody wrapped in a span.`,
	Look:  "A long stretch at the beginning of order's bar, before its first query, with nothing below it.",
	Slow:  get("/orders/10?busy=order:100ms&spans=few"),
	Fixed: get("/orders/10?busy=order:100ms"),
	Real:  true,
	Want: Diagnosis{
		Kind:   doctor.DarkTime,
		Places: []Place{{"order", ""}},
		Basis:  doctor.None,
		Says:   []Saying{advice("before the start of `fetch-order`")}, // where the span belongs
	},
	Cured:   Diagnosis{Kind: doctor.SlowSelf, Places: []Place{{"order", ""}}, Basis: doctor.Structural},
	Planted: Gain{Dark: 100 * time.Millisecond},
})
