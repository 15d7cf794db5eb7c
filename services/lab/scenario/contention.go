package scenario

import (
	"time"

	"spanwise/doctor"
)

var poolOfOne = Scenario{
	ID:    "pool-of-one",
	Title: "A pool of one connection, and several requests",
	Story: `Alone, the request is fast; at noon it takes a second, and the database, which everyone suspects, is idle. Each request
waits until another one returns its connection. The pool's limit dates from when there was one user, or is a framework's default.`,
	Hint:        "A wait for a connection before the query, and no two of these requests ever run a query at the same time.",
	Slow:        get("/orders/3?pool=inventory&latency=inventory.db:20ms"),
	Fixed:       get("/orders/3?latency=inventory.db:20ms"),
	Concurrency: 6,
	Want: Diagnosis{
		Kind:    "pool-wait",
		Places:  []Place{{"inventory", ""}},
		Basis:   doctor.Shared,
		Details: []Detail{durationBetween("the wait", waited, 80*time.Millisecond, 200*time.Millisecond)},
	},
	// The last of six waits for five others, 22 ms each.
	Effect:    Effect{Duration: 110 * time.Millisecond, AtPlaces: 110 * time.Millisecond},
	MinEffect: Effect{AtPlaces: 100 * time.Millisecond},
}

var lockAroundAQuery = Scenario{
	ID:    "lock-around-a-query",
	Title: "A lock that is held during a query",
	Story: `Response times grow with the number of users, in a straight line, while CPUs and disks are idle. A mutex once protected a
map; later a query was added between Lock and Unlock. Now every request waits for the queries of all the others.`,
	Hint:        "The bars of several requests end like the steps of a staircase: the later a request gets the lock, the longer it waits.",
	Slow:        get("/orders/3?lock=inventory&latency=inventory.db:20ms"),
	Fixed:       get("/orders/3?latency=inventory.db:20ms"),
	Concurrency: 6,
	Want: Diagnosis{
		Kind:   "queue-wait",
		Places: []Place{{"inventory", ""}},
		Basis:  doctor.Shared,
		Details: []Detail{
			durationBetween("the work", worked, 20*time.Millisecond, 40*time.Millisecond),
			durationBetween("the wait", waited, 80*time.Millisecond, 200*time.Millisecond),
		},
	},
	Effect:    Effect{Duration: 110 * time.Millisecond, AtPlaces: 110 * time.Millisecond},
	MinEffect: Effect{AtPlaces: 100 * time.Millisecond},
}

var cacheStampede = Scenario{
	ID:    "cache-stampede",
	Title: "Many requests for a cache entry that has just expired",
	Story: `Once a minute, on the minute, the database is overloaded for a moment. A popular cache entry expires; every request for it
that arrives before it is loaded again misses the cache and loads it too. The cache hides how many requests there are until the moment
it matters.`,
	Hint:        "The same SELECT, at the same time, in the traces of several requests; each trace by itself looks ordinary.",
	Slow:        getFrom("pricing", "/prices?sku=sku-501&sku=sku-502&sku=sku-503&cache=stampede&latency=pricing.db:50ms"),
	Fixed:       getFrom("pricing", "/prices?sku=sku-501&sku=sku-502&sku=sku-503&cache=on&latency=pricing.db:50ms"),
	Concurrency: 8,
	Cooldown:    1100 * time.Millisecond, // an entry lives for one second
	Want: Diagnosis{
		Kind:    "repeated-calls",
		Places:  []Place{{"pricing", Database}},
		Basis:   doctor.None, // each request waits as long as before; the database has less to do
		Details: []Detail{otherRequests(7)},
	},
	Effect:    Effect{Calls: 7},
	MinEffect: Effect{Calls: 7},
	Limitations: Limitations{LooseBound: "a request that waits for another one's query waits about as long as for its own: the fix saves " +
		"the database's time, and the bound is the whole query"},
}
