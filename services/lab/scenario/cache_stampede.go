package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 190,
	ID:     "cache-stampede",
	Title:  "Many requests on a cache entry that has just expired",
	Story: `Once a minute, on the minute, the database is flattened for a moment. A popular entry of the cache expires; everybody who asks for it in the
time it takes to load it finds nothing, and everybody loads it. The cache hides how many they are until the moment it matters.`,
	Look:  "The same SELECT, at the same time, in the traces of several requests; each trace by itself looks ordinary.",
	Slow:  Request{Service: "pricing", Method: "GET", Path: "/prices?sku=sku-501&sku=sku-502&sku=sku-503&cache=stampede&latency=pricing.db:50ms"},
	Fixed: Request{Service: "pricing", Method: "GET", Path: "/prices?sku=sku-501&sku=sku-502&sku=sku-503&cache=on&latency=pricing.db:50ms"},
	Crowd: 8,
	Rest:  1100 * time.Millisecond, // an entry lives for one second
	Want: Diagnosis{
		Kind:   doctor.RepeatedCalls,
		Places: []Place{{"pricing", Database}},
		Basis:  doctor.None, // each waits as long as before; the database has less to do
		Says:   []Saying{counted(7, "requests")},
	},
	Gain:    Gain{Asked: 7},
	Planted: Gain{Asked: 7},
	Loose:   "who waits for another's answer waits about as long as for one of its own: what is saved is the database's time, and the bound is the whole query",
})
