package scenario

import (
	"time"

	"spanwise/doctor"
)

var slowDependency = Scenario{
	ID:    "slow-dependency",
	Title: "A slow service that every page waits for",
	Story: `Everything that shows a price is slow, and every team's dashboard shows its own service as slow, because all of them wait.
Only one of them is the cause: the last one in the chain, and no change to its callers will fix it.`,
	Hint: "Order's bar and the bar of its call are as long as pricing's own, and nothing below it accounts for the time.",
	Slow: get("/orders/10?latency=pricing:200ms"),
	Want: Diagnosis{
		Kind:    "slow-dependency",
		Places:  []Place{{"order", "pricing"}},
		Basis:   doctor.Structural,
		Details: []Detail{durationFrom("the time there", onCriticalPath, 200*time.Millisecond), names("GET /prices")},
	},
	Effect:    Effect{Duration: 200 * time.Millisecond, AtPlaces: 200 * time.Millisecond},
	MinEffect: Effect{AtPlaces: 200 * time.Millisecond},
}

var edgeWait = Scenario{
	ID:    "edge-wait",
	Title: "A slow path to a fast service",
	Story: `The caller's team measures a tenth of a second for each call, the callee's team three milliseconds, and both are right.
The time passes between the two processes: in the network, in a proxy, or in a queue of connections that have not been accepted yet.
Neither side's own metrics show it.`,
	Hint: "The call's bar is long, and the server's bar inside it is short: the time around the inner bar belongs to neither service.",
	Slow: get("/orders/10?latency=pricing.net:100ms"),
	Want: Diagnosis{
		Kind:    "edge-wait",
		Places:  []Place{{"order", "pricing"}},
		Basis:   doctor.Shared,
		Details: []Detail{durationFrom("the time on the way", waited, 100*time.Millisecond)},
	},
	Effect:    Effect{Duration: 100 * time.Millisecond, AtPlaces: 100 * time.Millisecond},
	MinEffect: Effect{AtPlaces: 100 * time.Millisecond},
}

var callerStarved = Scenario{
	ID:    "caller-starved",
	Title: "A caller that is short of CPU time",
	Story: `All services that order calls seem slow at once, although each is as fast as ever by its own metrics. What they share is
the caller: a process that does not get enough CPU time notices each answer late, and in its traces it seems to be waiting for others.`,
	Hint:      "Calls to different services that are all much longer than the servers' bars inside them.",
	Slow:      get("/orders/10?starve=order"),
	Processes: true,
	Want: Diagnosis{
		Kind:    "edge-wait",
		Places:  []Place{{"order", ""}}, // the caller itself, and none of those it calls
		Basis:   doctor.Shared,
		Details: []Detail{detail("that it is the caller", func(f doctor.Finding) bool { return f.Callee == "" })},
	},
	MinEffect: Effect{Duration: 20 * time.Millisecond},
	Limitations: Limitations{
		KnownWrong: "where only one of the caller's calls happens to be late, one trace shows that call alone, " +
			"so the doctor blames the path of that call instead of the caller",
		SlowsOthers: "a process that computes on all CPUs slows all of its requests",
	},
}

var coldConnect = Scenario{
	ID:    "cold-connect",
	Title: "A new connection for every call",
	Story: `Calls to the other service take twice as long as that service's own metrics say, and the machine has thousands of sockets
in TIME_WAIT. The code creates a client for each call, keeps too few idle connections, or does not read responses to the end, so that
each call begins with a handshake, which crosses the network before the request does.`,
	Hint:  "Below the call, a span named connect that takes half of its time.",
	Slow:  get("/orders/10?connections=new&latency=pricing.net:30ms"),
	Fixed: get("/orders/10?connections=kept&latency=pricing.net:30ms"),
	Want: Diagnosis{
		Kind:     "cold-connect",
		Places:   []Place{{"order", "pricing"}},
		Basis:    doctor.Structural,
		Details:  []Detail{durationFrom("the handshake", onCriticalPath, 30*time.Millisecond)},
		AlsoTrue: pricingIsFarAway,
	},
	WantFixed: Diagnosis{AlsoTrue: pricingIsFarAway},
	Effect:    Effect{Duration: 30 * time.Millisecond, AtPlaces: 30 * time.Millisecond},
	MinEffect: Effect{AtPlaces: 30 * time.Millisecond},
}

var pricingIsFarAway = []Excuse{
	{"edge-wait", Place{"order", "pricing"}, "the way to pricing does take 30 ms, with or without a handshake"},
}

var missingIndex = Scenario{
	ID:    "missing-index",
	Title: "A search that cannot use its index",
	Story: `The search was fast when there were a thousand products and got slower with each import, so gradually that no single
release can be blamed. There is an index, but the query searches for something slightly different from what is indexed, so the database reads the
whole table and compares each row.`,
	Hint:     "One SELECT that takes nearly as long as the whole request.",
	Slow:     getFrom("pricing", "/products?name=oak+vase+no.+90&index=missed"),
	Fixed:    getFrom("pricing", "/products?name=oak+vase+no.+90&index=used"),
	Products: million,
	Want: Diagnosis{
		Kind:    "slow-dependency",
		Places:  []Place{{"pricing", Database}},
		Basis:   doctor.Structural,
		Details: []Detail{names("products")}, // the query itself
	},
	MinEffect: Effect{Factor: 10},
}

var cacheThatCosts = Scenario{
	ID:    "cache-that-costs",
	Title: "A cache that makes requests slower",
	Story: `To make the pages of the catalogue faster, the whole catalogue was put into the cache, under one key. Now each page of
twenty products waits until a million of them have been read and parsed, only to be thrown away. The database, which could return the
twenty at once, is not asked any more, and the page may be ten minutes out of date.`,
	Hint:     "A short read-cache, then a decode-json as long as the request, and no query at all.",
	Slow:     getFrom("pricing", "/products?limit=20&list=json"),
	Fixed:    getFrom("pricing", "/products?limit=20&list=fresh"),
	Setup:    []Request{getFrom("pricing", "/products?limit=20&list=json")},
	Products: million,
	Want: Diagnosis{
		Kind:    "slow-self",
		Places:  []Place{{"pricing", ""}},
		Basis:   doctor.Structural,
		Details: []Detail{operation("decode-json")},
	},
	MinEffect: Effect{Factor: 20},
}

var slowSelf = Scenario{
	ID:    "slow-self",
	Title: "A service that is busy computing",
	Story: `One service is slow even at night, when there is no other traffic, and its CPU is busy whenever it runs. It does not wait
for anything: it parses, compresses, sorts or encrypts something, usually something that was small when the code was written.`,
	Hint:     "A bar of pricing's own, named compute, with nothing below it.",
	Slow:     get("/orders/10?busy=pricing:100ms"),
	Fixed:    get("/orders/10"),
	RealTime: true,
	Want: Diagnosis{
		Kind:    "slow-self",
		Places:  []Place{{"pricing", ""}},
		Basis:   doctor.Structural,
		Details: []Detail{operation("compute"), durationBetween("the computing", onCriticalPath, 95*time.Millisecond, time.Second)},
	},
	MinEffect: Effect{AtPlaces: 100 * time.Millisecond},
}

var darkTime = Scenario{
	ID:    "dark-time",
	Title: "Time that no span accounts for",
	Story: `Everyone looks at the same trace and sees the same thing: a long bar, short calls at its end, and nothing before them. One
engineer suspects the garbage collector, another the network, and the meeting ends there. The instrumentation covers what
libraries do; the work of the service itself has no span.`,
	Hint:     "A long stretch at the beginning of order's bar, before its first query, with nothing below it.",
	Slow:     get("/orders/10?busy=order:100ms&spans=few"),
	Fixed:    get("/orders/10?busy=order:100ms"),
	RealTime: true,
	Want: Diagnosis{
		Kind:    "dark-time",
		Places:  []Place{{"order", ""}},
		Basis:   doctor.None,
		Details: []Detail{names("fetch-order")}, // where the span belongs
	},
	WantFixed: Diagnosis{Kind: "slow-self", Places: []Place{{"order", ""}}, Basis: doctor.Structural},
	MinEffect: Effect{Dark: 100 * time.Millisecond},
}
