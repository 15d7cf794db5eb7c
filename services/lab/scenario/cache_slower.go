package scenario

import "spanwise/doctor"

var _ = add(Scenario{
	Number: 195,
	ID:     "cache-that-costs",
	Title:  "A cache that makes it slower",
	Story: `Pages of the catalogue were to come from the cache, so somebody put the catalogue into it: all of it, under one key. Now each page of twenty
waits until a million products have been read and parsed, to be thrown away again. The database, which has the twenty at hand, is
not asked any more, and what the page shows may be ten minutes old.`,
	Look:     "A short read-cache, then a decode-json as long as the request, and no database anywhere.",
	Slow:     Request{Service: "pricing", Method: "GET", Path: "/products?limit=20&list=json"},
	Fixed:    Request{Service: "pricing", Method: "GET", Path: "/products?limit=20&list=fresh"},
	Before:   []Request{{Service: "pricing", Method: "GET", Path: "/products?limit=20&list=json"}},
	Products: 1_000_000,
	Want: Diagnosis{
		Kind:   doctor.SlowSelf,
		Places: []Place{{"pricing", ""}},
		Basis:  doctor.Structural,
		Says:   []Saying{words("decode-json")}, // the encoding
	},
	Planted: Gain{Times: 20},
})
