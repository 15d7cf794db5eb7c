package scenario

import (
	"time"

	"spanwise/doctor"
)

var _ = add(Scenario{
	Number: 200,
	ID:     "slow-self",
	Title:  "A service that computes",
	Story: `One service is slow even at night, when nobody else asks for anything, and its processor is busy whenever it is. It waits for nobody: it
parses, compresses, sorts or encrypts, usually something that was small when the code was written.`,
	Look:  "A bar of pricing's own, compute, with nothing below it.",
	Slow:  get("/orders/10?busy=pricing:100ms"),
	Fixed: get("/orders/10"),
	Real:  true,
	Want: Diagnosis{
		Kind:   doctor.SlowSelf,
		Places: []Place{{"pricing", ""}},
		Basis:  doctor.Structural,
		Says:   []Saying{words("compute"), between("the computing", 95*time.Millisecond, time.Second)},
	},
	Planted: Gain{There: 100 * time.Millisecond},
})
