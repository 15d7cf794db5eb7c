package scenario

import (
	"time"

	"spanwise/doctor"
)

var brokenPropagation = Scenario{
	ID:    "broken-propagation",
	Title: "A call that does not propagate its trace",
	Story: `The trace ends at a call to pricing, as if pricing recorded no spans. Elsewhere in Jaeger there are many short traces that
begin in pricing, without a caller. One HTTP client was created without the transport that sends traceparent.`,
	Hint:  "A call with no server span below it, although the callee does record spans.",
	Slow:  get("/orders/10?untraced=pricing"),
	Fixed: get("/orders/10"),
	Want: Diagnosis{
		Kind:    "broken-propagation",
		Places:  []Place{{"order", "pricing"}},
		Basis:   doctor.None,
		Details: []Detail{bothHalves("pricing")},
	},
	Effect:    Effect{ExtraTraces: 1},
	MinEffect: Effect{ExtraTraces: 1},
}

var clockSkew = Scenario{
	ID:    "clock-skew",
	Title: "One machine's clock is two seconds ahead",
	Story: `In the waterfall, pricing seems to begin after its caller has the answer: its bars are two seconds to the right of the
call that caused them. Durations are right, because each clock counts seconds correctly; but the clocks disagree about the time of
day, so every comparison between the two machines is wrong.`,
	Hint:  "Pricing's bars lie outside the call that should contain them, all shifted by the same amount. The doctor draws them where they belong.",
	Slow:  get("/orders/10?clock=pricing:2s"),
	Fixed: get("/orders/10"),
	Want: Diagnosis{
		Kind:    "clock-skew",
		Places:  []Place{{"pricing", "order"}},
		Basis:   doctor.None,
		Details: []Detail{durationAbout("the offset", offset, 2*time.Second)},
	},
	Effect:    Effect{ClockOffset: 2 * time.Second},
	MinEffect: Effect{ClockOffset: 2 * time.Second},
}

var workAfterTheAnswer = Scenario{
	ID:    "work-after-the-answer",
	Title: "An e-mail that is sent after the response",
	Story: `The trace of an order lasts far longer than the customer waited. That is how it should be: the mail that confirms the
order is stored together with it and sent once the answer is out. A tool that adds up the whole trace blames the mail for a delay that
no customer noticed.`,
	Hint: "A bar that begins where the request's own bar has ended.",
	Slow: Request{Method: "POST", Path: "/orders?mail=sent&latency=order.db:20ms", Body: anOrder, Key: true},
	Want: Diagnosis{
		Kind:     "detached-work",
		Places:   []Place{{"order", ""}},
		Basis:    doctor.None,
		Mention:  true,
		Details:  []Detail{durationBetween("the time after the answer", overrun, 20*time.Millisecond, 60*time.Millisecond)},
		AlsoTrue: []Excuse{{"slow-dependency", Place{"order", Database}, "order's database does take 20 ms for each statement"}},
	},
	// Seven statements of 21 ms, one of them the mail's, instead of six of 1 ms; and one after the answer.
	Effect:    Effect{Duration: 141 * time.Millisecond, AfterAnswer: 21 * time.Millisecond},
	MinEffect: Effect{AfterAnswer: 20 * time.Millisecond},
}
