package scale

import (
	"errors"
	"fmt"
)

// An Outcome is what a drill did to the traces that an arrangement was sent.
type Outcome struct {
	Arrangement string `json:"arrangement"`
	Drill       string `json:"drill"`
	Text        string `json:"text"`
	Account
	Bound     int      `json:"bound"`          // how many traces may at most be missing or partial within the bound
	Held      int      `json:"held"`           // undecided traces of the gateway that was broken, at that moment
	Drained   int      `json:"drained"`        // spans that were still on the disk of a gateway that was removed
	Retries   int      `json:"retries"`        // exports that the shop tried again
	SpansLost int      `json:"spans_given_up"` // by the shop
	Evicted   int      `json:"evicted"`        // traces that tail sampling says it dropped before it decided
	Reported  int      `json:"spans_reported"` // that agents and gateways say they lost
	Wrong     []string `json:"wrong,omitempty"`
}

// important are the kinds that are kept for what is in them.
var important = []Kind{Failed, Slow, Late, LateError}

// judge says what is wrong with the account: traces that are lost or partial beyond the drill's bound.
func (o *Outcome) judge() {
	all := o.of(Kinds...)
	if o.of(important...).Wanted == 0 {
		o.wrong(errors.New("nothing was measured: no trace was sent that must be kept"))
	}
	if len(o.First) > 0 {
		o.wrong(fmt.Errorf("%d traces that should be whole are missing, %d are partial, %d of all these within the bound; the first beyond it: %s",
			all.Missing, all.Partial, all.Allowed, o.First[0]))
	}
	if all.Allowed > o.Bound {
		o.wrong(fmt.Errorf("%d traces are missing or partial within the bound, which explains at most %d", all.Allowed, o.Bound))
	}
	if all.Extra > 0 {
		o.wrong(fmt.Errorf("%d traces are stored that tail sampling should have dropped", all.Extra))
	}
	if o.Reported > 0 {
		o.wrong(fmt.Errorf("agents or gateways report %d spans as lost", o.Reported))
	}
}

// wrong adds what went wrong, unless that is nothing.
func (o *Outcome) wrong(err error) {
	if err != nil {
		o.Wrong = append(o.Wrong, err.Error())
	}
}

// Err returns an error that says what went wrong, if anything did.
func (o Outcome) Err() error {
	var errs []error
	for _, text := range o.Wrong {
		errs = append(errs, errors.New(text))
	}
	return errors.Join(errs...)
}
