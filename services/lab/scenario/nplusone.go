package scenario

import (
	"time"

	"spanwise/doctor"
)

var nPlusOneHTTP = Scenario{
	ID:    "n-plus-one-http",
	Title: "N+1 over HTTP: one call for each line of an order",
	Story: `The page for a big order takes a second, the one for a small order opens at once, and the tests, whose orders have three
lines, never showed a problem. The code loads the order and then, in a loop, asks for the price and the stock of each line's product.
Each call is fast. The client already has a function that fetches one product, and calling it in a loop takes a minute to write.`,
	Hint:  "Two rows, each folded and marked ×50, that form a staircase: each call begins where the one before it ended.",
	Slow:  get("/orders/50?fetch=each"),
	Fixed: get("/orders/50?fetch=batch"),
	Want: Diagnosis{
		Kind:    "n-plus-one",
		Places:  []Place{{"order", "pricing"}, {"order", "inventory"}},
		Basis:   doctor.Structural,
		Details: []Detail{count(50, "calls")},
	},
	// 50 × (2 ms + 3 ms), one after another, become one call of 2 ms in parallel with one of 3 ms.
	Effect:    Effect{Duration: 247 * time.Millisecond, AtPlaces: 247 * time.Millisecond},
	MinEffect: Effect{Factor: 5},
}

var nPlusOneFarAway = Scenario{
	ID:    "n-plus-one-far-away",
	Title: "The same N+1 with 5 ms for each call to pricing",
	Story: `In the office the page is tolerable; in production, where pricing runs in another zone, it takes half a second longer. The
code is the same. An N+1 multiplies the cost of one call, so it hides on a laptop and shows as soon as each call crosses a network.`,
	Hint:  "The same staircase, but nearly all of its time belongs to pricing, where each call takes about 5 ms.",
	Slow:  get("/orders/50?fetch=each&latency=pricing:5ms"),
	Fixed: get("/orders/50?fetch=batch&latency=pricing:5ms"),
	Want: Diagnosis{
		Kind:    "n-plus-one",
		Places:  []Place{{"order", "pricing"}, {"order", "inventory"}}, // two loops, taking turns
		Basis:   doctor.Structural,
		Details: []Detail{count(50, "calls")},
	},
	Effect:    Effect{Duration: 492 * time.Millisecond, AtPlaces: 492 * time.Millisecond},
	MinEffect: Effect{AtPlaces: 49 * 5 * time.Millisecond},
}

var nPlusOneParallel = Scenario{
	ID:    "n-plus-one-parallel",
	Title: "The same N+1, eight calls at a time",
	Story: `An earlier fix moved the calls of the loop into goroutines. The page is fast again, so the issue was closed; but each view
of the order still costs the other services a hundred requests, and on the day of the sale they are the first to fail.`,
	Hint:  "The same ×50 rows, but overlapping instead of forming a staircase: the time is short, the number of calls is not.",
	Slow:  get("/orders/50?fetch=parallel"),
	Fixed: get("/orders/50?fetch=batch"),
	Want: Diagnosis{
		Kind:    "n-plus-one",
		Places:  []Place{{"order", "pricing"}, {"order", "inventory"}},
		Basis:   doctor.Structural,
		Details: []Detail{inParallel, count(50, "calls")},
	},
	// Seven rounds of up to eight calls each, to both services in parallel: pricing's 7 × 3 ms instead of 3 ms.
	Effect:    Effect{Duration: 18 * time.Millisecond, AtPlaces: 18 * time.Millisecond},
	MinEffect: Effect{Calls: 98},
	Limitations: Limitations{
		SlowsOthers: "a hundred requests within a few milliseconds keep the CPUs of a small machine busy: that is the load they cost",
	},
}

var inParallel = detail("how many at a time", func(f doctor.Finding) bool { return f.Figures.Concurrency >= 2 })

var nPlusOneSQL = Scenario{
	ID:    "n-plus-one-sql",
	Title: "N+1 in SQL: one query for each row",
	Story: `Order makes one request, as it should, but the response still takes longer the more lines the order has. In the service that
it calls, an object-relational mapper loads each row when it is first used: one statement for the list, and one more for every item in
it. Here the database is a millisecond away, as one on another machine would be.`,
	Hint:  "One call to inventory, and below it the same SELECT folded into one row marked ×100, one after another.",
	Slow:  get("/orders/100?rows=each&latency=inventory.db:1ms"),
	Fixed: get("/orders/100?rows=join&latency=inventory.db:1ms"),
	Want: Diagnosis{
		Kind:    "n-plus-one",
		Places:  []Place{{"inventory", Database}},
		Basis:   doctor.Structural,
		Details: []Detail{count(100, "calls")},
	},
	// Inventory's 100 × 3 ms determine the duration, where its one query took as long as pricing's 3 ms in parallel with it.
	Effect:    Effect{Duration: 297 * time.Millisecond, AtPlaces: 300 * time.Millisecond},
	MinEffect: Effect{AtPlaces: 99 * time.Millisecond},
}

var nPlusOneList = Scenario{
	ID:    "n-plus-one-list",
	Title: "A list of orders whose lines are loaded one order at a time",
	Story: `The customer's list of orders gets slower with every increase in page size. The list itself is one query; then, while it
is turned into JSON, each order loads its own lines from a database a millisecond away. This is the N+1 that gave the others their
name: one query for the list, and N for its items.`,
	Hint:  "SELECT orders once, then SELECT order_lines folded into one row marked ×40 below the same span.",
	Slow:  get("/orders?limit=40&rows=each&latency=order.db:1ms"),
	Fixed: get("/orders?limit=40&rows=join&latency=order.db:1ms"),
	Want: Diagnosis{
		Kind:    "n-plus-one",
		Places:  []Place{{"order", Database}},
		Basis:   doctor.Structural,
		Details: []Detail{count(40, "calls")},
	},
	Effect:    Effect{Duration: 78 * time.Millisecond, AtPlaces: 78 * time.Millisecond},
	MinEffect: Effect{AtPlaces: 39 * time.Millisecond},
}
