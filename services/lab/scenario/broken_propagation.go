package scenario

import "spanwise/doctor"

var _ = add(Scenario{
	Number: 220,
	ID:     "broken-propagation",
	Title:  "A call that forgets which trace it belongs to",
	Story: `The trace ends at a call to pricing, as if pricing were somebody else's. Elsewhere in the tracing system lies a heap of short traces that begin in
pricing and that nobody asked for. One client was made without the transport that sends traceparent along.`,
	Look:      "A call with no server span below it, although the callee makes spans elsewhere.",
	Slow:      get("/orders/10?untraced=pricing"),
	Fixed:     get("/orders/10"),
	Scattered: true,
	Want: Diagnosis{
		Kind:   doctor.BrokenPropagation,
		Places: []Place{{"order", "pricing"}},
		Basis:  doctor.None,
		Says:   []Saying{bothHalves("pricing")},
	},
	Gain:    Gain{Apart: 1},
	Planted: Gain{Apart: 1},
})
