package scale

import (
	"fmt"
	"time"
)

// A Bound limits which traces may be lost or cut, and how many: of those that began between some time before the break and some time after
// the repair, as many as are in reach of the break. With Kafka, the window is longer by rebalance.
type Bound struct {
	Why           string
	Before, After time.Duration
	// Reach limits how many traces may be lost, as the time in which that many begin. If it is 0, the limit comes from the traces that
	// the gateways report as thrown out.
	Reach time.Duration
	Both  bool // whether it disturbs both sets, if there are two
	Cuts  bool // whether traces are only cut: each of their spans still gets to a gateway that decides
	// Stays says that with Kafka, partitions move once and then stay where they are. Otherwise they may also move away and back.
	Stays bool
}

const (
	// inFlight is how long the spans of a trace take to the gateways: the gap between the processes, the queues of agents and gateways,
	// a retry, and the time until all agents have a new list of gateways.
	inFlight = 3 * time.Second
	// rebalance is how long a consumer group takes at most to notice that a member is gone, which is 10 s, and to share out its
	// partitions.
	rebalance = 15 * time.Second
	// tolerance is for traces that are thrown out at random, of which more or fewer may be wanted than of all.
	tolerance = 1.1
)

// The bounds of a single set of two gateways, of which each has half of the traces. docs/two-sets.md proves them.
var (
	memory = Bound{
		Why:    "an undecided trace is in the memory of one gateway only",
		Before: wait*time.Second + inFlight, After: time.Second, Reach: (wait*time.Second + inFlight) / 2,
	}
	change = Bound{
		Why:    "a trace whose spans arrive before and after the change is in two gateways, which each decide on a part",
		Before: inFlight, After: time.Second, Reach: inFlight / 2, Cuts: true,
	}
	memoryAndChange = Bound{
		Why:    memory.Why + ", and " + change.Why,
		Before: memory.Before, After: memory.After, Reach: memory.Reach + change.Reach, Stays: true,
	}
)

// once returns the bound for a change after which no partition of Kafka moves back.
func (b Bound) once() Bound {
	b.Stays = true
	return b
}

// mayBeCut reports whether a trace of which so many spans are stored may have been cut. Whichever gateway got the failed span or the slow
// root has kept its part, so one of these is partial and never missing. One that is kept for its id only is kept in both parts.
func mayBeCut(t Trace, stored int) bool { return t.Kind != Normal && stored > 0 }

// applies reports whether there is a bound in an arrangement: two sets may lose nothing, unless both are disturbed.
func (b Bound) applies(in Arrangement) bool {
	return b.Why != "" && in.Tail && (b.Both || !in.Pipeline.Twice())
}

// most returns how many traces may be lost or cut: those in reach that should be kept.
func (b Bound) most(in Arrangement, o *Outcome) int {
	all := o.of(Kinds...)
	switch {
	case !b.applies(in) || all.Sent == 0:
		return 0
	case b.Reach == 0:
		return int(tolerance * float64(o.Evicted) * float64(all.Wanted) / float64(all.Sent))
	}
	return int(rate * b.reach(in).Seconds() * float64(all.Wanted) / float64(all.Sent))
}

// reach returns the bound's reach. With Kafka, half of the partitions may move away and back, which are two more changes, unless they stay
// where they are after the first.
func (b Bound) reach(in Arrangement) time.Duration {
	if b.Reach > 0 && in.Pipeline.HasKafka() && !b.Stays {
		return b.Reach + 2*change.Reach
	}
	return b.Reach
}

// text says which traces may be lost or cut, as sentences.
func (b Bound) text() string {
	if b.Why == "" {
		return ""
	}
	whose := "One set of gateways"
	if b.Both {
		whose = "Gateways"
	}
	text := fmt.Sprintf(" %s may lose or cut traces: %s.", whose, b.Why)
	if b.Cuts {
		text = fmt.Sprintf(" %s may cut failed and slow traces, and lose none: %s.", whose, b.Why)
	}
	switch without, with := b.reach(gateways), b.reach(kafka); {
	case b.Reach == 0:
	case without == with:
		text += fmt.Sprintf(" At most, these are the traces of %v s.", with.Seconds())
	default:
		text += fmt.Sprintf(" At most, these are the traces of %v s, or %v s with Kafka.", without.Seconds(), with.Seconds())
	}
	return text
}
