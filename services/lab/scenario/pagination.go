package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 240,
	ID:     "chatty-paging",
	Title:  "A thousand products, ten at a time",
	Story: `The nightly export takes an hour and waits nearly all of it. It reads page after page, each as small as a screen wants it, because that is what the
other service's API gives unless one asks for more. Each page costs a way there and back, and cannot be asked for before the last came.`,
	Look:  "GET /products folded as ×101 below one span, like stairs, each with a little query inside.",
	Slow:  get("/catalogue?page=10&latency=pricing.net:1ms"),
	Fixed: get("/catalogue?page=1000&latency=pricing.net:1ms"),
	Want: Diagnosis{
		Kind:   doctor.Pagination,
		Places: []Place{{"order", "pricing"}},
		Basis:  doctor.Structural,
		Says:   []Saying{counted(101, "×")},
	},
	// 101 pages become two, the second of them empty; each has a way of 1 ms and a query of 3 ms.
	Gain:    Gain{Whole: 396 * time.Millisecond, There: 396 * time.Millisecond},
	Planted: Gain{There: 99 * time.Millisecond},
})
