package doctor

import (
	"fmt"
	"slices"

	"spanwise/doctor/call"
	"spanwise/doctor/path"
)

var retryStorm = rule{
	kind:  RetryStorm,
	title: "Failed calls made again at once, or by several layers, so that one request becomes many",
	doc: `The same call under the same parent failed (an error status, 5xx, 429, or an RPC status that invites another
try) and was made again after it ended; or one call reached its callee again and again, for a proxy on the way
retries. Three attempts or more are a storm if they come without growing pauses, or if an attempt contains
retries of its own: then layers multiply, and four attempts at the bottom for one at the top are reported as
amplification. Two attempts, or more with growing pauses, are ordinary retries, and only mentioned. Pauses grow
if those of the second half are a fifth longer than those of the first, for chance is part of good ones; a pause
of less than 1 ms is none. Even pauses of ten times what the attempts took are no storm either: so does who was
told when to come again.

Attempts that failed after the same round time (1, 2, 3 or 5 times a power of ten, and the 15 and 60 s that
people take for a part of a minute) hit a timeout; the report prints it.

Saving: the first attempt replayed as long as the last one lasted, the others and the pauses between them gone.
Where layers multiply, so much is saved by leaving retries to the innermost of them.

What fools it: a loop over different things of which some fail, where the trace hides which.`,
	find: findRetryStorm,
}

func findRetryStorm(e *exam) []suspicion {
	tries := e.retries()
	if len(tries) == 0 {
		return nil
	}
	layers := e.retryLayers(tries)
	var all gathering
	for _, l := range tries {
		t := newTry(l, layers)
		all.addTold(t.suspect(layers), t.tell)
	}
	return all.heaviest(e)
}

// A try is a run of attempts, and what makes it a storm or none.
type try struct {
	*loop
	outer, inner *loop // layers that retry as well
	bottom       int   // attempts of the innermost
	hasty        bool  // without growing pauses
}

func newTry(l *loop, layers *retryLayers) try {
	pauses, failed := sum(l.pauses()), sum(l.durations()[:len(l.units)-1])
	return try{l, layers.around(l), layers.first[l], layers.bottom(l), !growing(l.pauses()) && pauses < 10*failed}
}

func (t try) suspect(layers *retryLayers) suspicion {
	n := len(t.calls)
	s := suspicion{spans: t.units, subject: t.calls[0].Template}
	s.Service, s.Operation, s.Callee, s.Count = t.parent.Service, t.parent.Name, t.calls[0].Callee, n
	s.Saving.Basis, s.Confidence, s.Evidence = Structural, High, Sufficient
	for layer := t.loop; layer == t.loop || layer != nil && layers.first[layer] != nil; layer = layers.first[layer] {
		s.high = append(s.high, layer.lastOnly()...) // the innermost of several may go on
	}
	s.low = s.high
	s.minor = !storm(n, t.bottom) && (n < 3 || !t.hasty) || t.outer != nil && storm(len(t.outer.units), layers.bottom(t.outer))
	if t.inner != nil {
		s.Count = t.bottom
	}
	return s
}

func (t try) tell(s *suspicion) {
	n, first := len(t.calls), t.calls[0]
	failed := "all but the last failed"
	if t.calls[n-1].Failed {
		failed = "all failed"
	}
	s.Because = fmt.Sprintf("%d attempts at %s under `%s`, %s%s", n, first.Describe(), t.parent.Name, failed, why(first))
	if t.hasty {
		s.Because += fmt.Sprintf(", with pauses of %s that do not grow", ms(median(t.pauses())))
	}
	if t.inner != nil {
		s.Because += fmt.Sprintf("; below, `%s` in %s retries too: %d attempts at the bottom for 1 call at the top",
			t.inner.parent.Name, t.inner.parent.Service, t.bottom)
	}
	if limit := timeout(t.loop); limit > 0 {
		s.Because += fmt.Sprintf("; they failed after %s each, which is a timeout", ms(limit))
	}
	if t.parent.Calling() {
		s.Because += fmt.Sprintf("; %s called once, so what stands between the two made the others", t.parent.Service)
	}
	s.Unless = "these are different things of which some fail"
	s.Fix = "see why it fails; try again after growing pauses, with chance in them, and within a budget"
	if t.inner != nil || t.outer != nil {
		s.Fix = "retry in one layer only, with growing pauses and a budget; fail fast in the others"
	}
}

// lastOnly makes the last attempt the only one.
func (l *loop) lastOnly() []path.Change {
	first, last := l.units[0], l.calls[len(l.calls)-1].Span
	only := path.Lasting(first, last.Duration)
	if last.Duration > first.Duration {
		only = path.Exactly(first, last.Duration)
	}
	return []path.Change{only, path.Without(l.units[1:]...)}
}

// why is what either side of a call says of its failure.
func why(c *call.Call) string {
	said := reason(c.Span)
	if said == "" && c.Server != nil {
		said = reason(c.Server)
	}
	return said
}

// growing reports pauses that back off: none is tiny, and those of the second half are longer than those of the first. Chance is part of
// good ones, so that each need not be longer than the one before.
func growing(pauses []int64) bool {
	half := len(pauses) / 2
	first, second := sum(pauses[:half]), sum(pauses[len(pauses)-half:])
	return second*10 >= first*12 && !slices.ContainsFunc(pauses, func(p int64) bool { return p < 1000 })
}
