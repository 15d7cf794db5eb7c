package scenario

import (
	"time"

	"spanwise/doctor"
)

var serialCalls = Scenario{
	ID:    "serial-calls",
	Title: "Two independent calls, one after the other",
	Story: `A page takes as long as everything it shows added together. The code asks for the stock, waits, and then asks for the prices,
only because the lines were written in that order. Neither call needs the other's answer.`,
	Hint:  "Two bars from different services, back to back: the second begins where the first ends.",
	Slow:  get("/orders/10?calls=serial&latency=inventory:40ms,pricing:60ms"),
	Fixed: get("/orders/10?calls=parallel&latency=inventory:40ms,pricing:60ms"),
	Want: Diagnosis{
		Kind:     "serial-calls",
		Places:   []Place{{"order", "inventory or pricing"}},
		Basis:    doctor.Structural,
		Details:  []Detail{names("GET /stock"), names("GET /prices")},
		AlsoTrue: latencyWithoutSpan,
	},
	WantFixed: Diagnosis{AlsoTrue: latencyWithoutSpan},
	// Inventory's 42 ms come before pricing's 63 ms, instead of running in parallel with them.
	Effect:    Effect{Duration: 42 * time.Millisecond, AtPlaces: 42 * time.Millisecond},
	MinEffect: Effect{Duration: 40 * time.Millisecond},
}

var latencyWithoutSpan = []Excuse{
	{"dark-time", Place{"inventory", ""}, "inventory does wait for 40 ms, in which no span is recorded"},
	{"dark-time", Place{"pricing", ""}, "pricing does wait for 60 ms, in which no span is recorded"},
}

var repeatedCalls = Scenario{
	ID:    "repeated-calls",
	Title: "The same query repeated for each line",
	Story: `A quote for a big order is slow, and the database's statistics show one harmless little query at the top of the list. The
function that computes the price of a line looks the discounts up itself, to be safe. They are the same for every line of the request.`,
	Hint:  "SELECT discounts folded into one row marked ×50 below one span of pricing, all of them identical.",
	Slow:  get("/orders/50/quote?lookups=each&latency=pricing.db:1ms"),
	Fixed: get("/orders/50/quote?lookups=once&latency=pricing.db:1ms"),
	Want: Diagnosis{
		Kind:   "repeated-calls",
		Places: []Place{{"pricing", Database}},
		Basis:  doctor.Structural,
		// The first may run in parallel with other queries. The operation is the layer above all of them.
		Details: []Detail{countBetween(49, 50, "calls"), operation("POST /quotes")},
	},
	Effect:    Effect{Duration: 196 * time.Millisecond, AtPlaces: 196 * time.Millisecond},
	MinEffect: Effect{AtPlaces: 49 * time.Millisecond},
}

var chattyPaging = Scenario{
	ID:    "chatty-paging",
	Title: "A thousand products, ten at a time",
	Story: `The nightly export takes an hour and spends nearly all of it waiting. It reads page after page, each as small as a screen
needs, because that is the default page size of the other service's API. Each page costs a round trip, and cannot be requested until
the previous one has arrived.`,
	Hint:  "GET /products folded into one row marked ×101 below one span, a staircase with a short query inside each step.",
	Slow:  get("/catalogue?page=10&latency=pricing.net:1ms"),
	Fixed: get("/catalogue?page=1000&latency=pricing.net:1ms"),
	Want: Diagnosis{
		Kind:    "pagination",
		Places:  []Place{{"order", "pricing"}},
		Basis:   doctor.Structural,
		Details: []Detail{count(101, "calls")},
	},
	// 101 pages become two, the second of them empty; each costs 1 ms on the network and a query of 3 ms.
	Effect:    Effect{Duration: 396 * time.Millisecond, AtPlaces: 396 * time.Millisecond},
	MinEffect: Effect{AtPlaces: 99 * time.Millisecond},
}

var overFetch = Scenario{
	ID:    "over-fetch",
	Title: "All products fetched where one page is shown",
	Story: `The list opens at once in the shop's first year, and not at all in its tenth. The query has no limit: when it was written,
there were fifty products, and the table shows twenty rows. Every visitor loads the whole catalogue and looks at the top of it. The
fix is to let the database limit the rows, and to send them as they are read; a client that does want everything reads page by page,
as GET /catalogue does.`,
	Hint:     "One SELECT and a long bar after it, in which the rows are encoded; db.response.returned_rows says how many.",
	Slow:     getFrom("pricing", "/products?page=all"),
	Fixed:    getFrom("pricing", "/products?limit=20"),
	Products: million,
	Want: Diagnosis{
		Kind:    "over-fetch",
		Places:  []Place{{"pricing", ""}},
		Basis:   doctor.Structural,
		Details: []Detail{detail("how much", func(f doctor.Finding) bool { return f.Figures.Rows+f.Figures.Bytes > 0 })},
	},
	MinEffect: Effect{Factor: 10},
}
