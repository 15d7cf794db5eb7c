package scenario

import "spanwise/doctor"

var _ = add(Scenario{
	Number: 250,
	ID:     "over-fetch",
	Title:  "All products, where a page was wanted",
	Story: `The list opens at once in the shop's first year, and not at all in its tenth. The query has no limit; whoever wrote it had fifty products and a
table that shows twenty rows. Every visitor loads the whole catalogue, and looks at the top of it. A page
is cut by the database and sent as its rows are read; who does want everything gets it page after page, as GET /catalogue does.`,
	Look:     "One SELECT and a long bar after it, in which the rows are made into text; db.response.returned_rows says how many.",
	Slow:     Request{Service: "pricing", Method: "GET", Path: "/products?page=all"},
	Fixed:    Request{Service: "pricing", Method: "GET", Path: "/products?limit=20"},
	Products: 1_000_000,
	Want: Diagnosis{
		Kind:   doctor.OverFetch,
		Places: []Place{{"pricing", ""}},
		Basis:  doctor.Structural,
		Says:   []Saying{advice("page")},
	},
	Planted: Gain{Times: 10},
})
