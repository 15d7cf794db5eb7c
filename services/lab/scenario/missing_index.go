package scenario

import "spanwise/doctor"

var _ = add(Scenario{
	Number: 160,
	ID:     "missing-index",
	Title:  "A search without its index",
	Story: `The search was quick when there were a thousand products and got slower with each import, so slowly that no release is to blame. The index is
there; but the query asks for something slightly different from what is indexed, so that the database reads the whole table and
compares each row.`,
	Look:     "One SELECT that is nearly as long as the whole request.",
	Slow:     Request{Service: "pricing", Method: "GET", Path: "/products?name=oak+vase+no.+90&index=missed"},
	Fixed:    Request{Service: "pricing", Method: "GET", Path: "/products?name=oak+vase+no.+90&index=used"},
	Products: 1_000_000,
	Want: Diagnosis{
		Kind:   doctor.SlowDependency,
		Places: []Place{{"pricing", Database}},
		Basis:  doctor.Structural,
		Says:   []Saying{words("products")}, // the query itself
	},
	Planted: Gain{Times: 10},
})
