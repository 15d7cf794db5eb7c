package scenario

import "spanwise/doctor"

var _ = add(Scenario{
	Number: 195,
	ID:     "cache-that-costs",
	Title:  "A cache that makes it slower",
	Story: `The list was slow, so it was put into a cache, and now it is slow and may be a minute old. What comes out of the cache is text, which has to be
parsed into a hundred thousand products, which are then written as text again. The database's share was the smaller one.`,
	Look:  "A short read-cache, then a long decode-products, and no database anywhere.",
	Slow:  Request{Service: "pricing", Method: "GET", Path: "/products?page=all&list=json"},
	Fixed: Request{Service: "pricing", Method: "GET", Path: "/products?page=all&list=answer"},
	Before: []Request{
		{Service: "pricing", Method: "GET", Path: "/products?page=all&list=json"},
		{Service: "pricing", Method: "GET", Path: "/products?page=all&list=answer"},
	},
	Products: 100_000,
	Want: Diagnosis{
		Kind:   doctor.SlowSelf,
		Places: []Place{{"pricing", ""}},
		Basis:  doctor.Structural,
		Says:   "decode-products", // the encoding
		Also:   wholeCatalogue,
	},
	Cured: Diagnosis{Also: wholeCatalogue},
	Doubt: "that the whole catalogue is answered is found first, and saves more; the encoding is only mentioned after it",
})

// wholeCatalogue is what else is true where the answer is the whole catalogue.
var wholeCatalogue = []Also{
	{doctor.OverFetch, "nobody looks at a hundred thousand products, however they are fetched"},
	{doctor.DarkTime, "writing the answer has no span of its own"},
}
