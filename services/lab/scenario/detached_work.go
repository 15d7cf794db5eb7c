package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 270,
	ID:     "work-after-the-answer",
	Title:  "A mail that is sent after the answer",
	Story: `The trace of an order lasts far longer than the customer waited. That is how it should be: the mail that confirms the order is stored with it and
sent once the answer is out. A tool that adds up the trace blames the mail for a slowness that nobody felt.`,
	Look: "A bar that begins where the request's own bar has ended.",
	Slow: Request{Method: "POST", Path: "/orders?mail=sent&latency=order.db:20ms", Body: anOrder, Key: true},
	Want: Diagnosis{
		Kind:    doctor.DetachedWork,
		Places:  []Place{{"order", ""}},
		Basis:   doctor.None,
		Mention: true,
		Says:    []Saying{between("how long it goes on", 20*time.Millisecond, 60*time.Millisecond)},
		Also:    []Also{{doctor.SlowDependency, Place{"order", Database}, "order's database does take 20 ms for each statement, so that the mail's own shows"}},
	},
	// Five statements of 21 ms, one of them the mail's, instead of four of 1 ms; and one when all is answered.
	Gain:    Gain{Whole: 101 * time.Millisecond, After: 21 * time.Millisecond},
	Planted: Gain{After: 20 * time.Millisecond},
})
