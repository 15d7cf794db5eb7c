package doctor

import (
	"fmt"
	"slices"

	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

var retryStorm = rule{
	kind:  RetryStorm,
	title: "Failed calls made again at once, or by several layers, so that one request becomes many",
	doc: `The same call under the same parent failed (an error status, 5xx, 429, or an RPC status that
invites another try) and was made again after it ended; or one call reached its callee again and again, for a
proxy on the way retries. Three attempts or more are a storm if they come without growing pauses, or if an
attempt contains retries of its own: then layers multiply, and four attempts at the bottom for one at the top
are reported as amplification. Two attempts, or more with growing pauses, are ordinary retries, and only
mentioned. Pauses grow if those of the second half are a fifth longer than those of the first, for chance is
part of good ones; a pause of less than 1 ms is none. Even pauses of ten times what the attempts took are no
storm either: so does who was told when to come again.

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

// retries lists runs of attempts: the same call again, each after the one before had failed.
func (e *exam) retries() []*loop {
	if e.lookedAgain {
		return e.again
	}
	e.lookedAgain, e.again = true, e.proxied()
	if slices.ContainsFunc(e.calls, (*call).retried) {
		for _, l := range e.loops(2) {
			if len(l.units) == len(l.calls) {
				e.again = append(e.again, l.attempts()...)
			}
		}
	}
	return e.again
}

// attempts cuts a loop into runs of two and more attempts at the same.
func (l *loop) attempts() (runs []*loop) {
	for from, to := 0, 0; from < len(l.calls); from = to {
		for to = from + 1; to < len(l.calls) && followsFailure(l.calls[to-1], l.calls[to]); to++ {
		}
		if to-from >= 2 {
			runs = append(runs, &loop{parent: l.parent, calls: l.calls[from:to], units: l.units[from:to], busy: l.busyUntil()})
		}
	}
	return runs
}

// proxied finds calls that reached their callee several times: something between the two made them again.
func (e *exam) proxied() (found []*loop) {
	for _, c := range e.calls {
		if c.server == nil || c.server == c.span || len(c.span.Children) < 2 {
			continue
		}
		l := &loop{parent: c.span}
		for _, s := range c.span.Children {
			if s.Remote() && s.Service == c.server.Service && s.Name == c.server.Name {
				attempt := *c
				attempt.span, attempt.server, attempt.failed, attempt.again = s, s, failed(s), false
				l.calls, l.units = append(l.calls, &attempt), append(l.units, s)
			}
		}
		if len(l.calls) >= 2 {
			found = append(found, l.attempts()...)
		}
	}
	return found
}

// followsFailure reports whether next is another attempt at what failed.
func followsFailure(before, next *call) bool {
	if before.which != next.which || next.span.Start < before.span.End()-50 {
		return false
	}
	return before.failed || next.again
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
	s := suspicion{spans: t.units, subject: t.calls[0].what}
	s.Service, s.Operation, s.Callee, s.Count = t.parent.Service, t.parent.Name, t.calls[0].callee, n
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
	if t.calls[n-1].failed {
		failed = "all failed"
	}
	s.Because = fmt.Sprintf("%d attempts at %s under `%s`, %s%s", n, first.asked(), t.parent.Name, failed, first.why())
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
	first, last := l.units[0], l.calls[len(l.calls)-1].span
	only := path.Lasting(first, last.Duration)
	if last.Duration > first.Duration {
		only = path.Exactly(first, last.Duration)
	}
	return []path.Change{only, path.Without(l.units[1:]...)}
}

// why is what either side of a call says of its failure.
func (c *call) why() string {
	said := reason(c.span)
	if said == "" && c.server != nil {
		said = reason(c.server)
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

// timeout is the round time after which the failed attempts ended alike, 0 if there is none.
func timeout(l *loop) int64 {
	var list []int64
	for _, c := range l.calls {
		if c.failed && c.answered() {
			return 0
		}
		if c.failed {
			list = append(list, c.span.Duration)
		}
	}
	if len(list) < 2 || slices.Max(list)-slices.Min(list) > slices.Max(list)/50 {
		return 0
	}
	return roundTime(slices.Min(list))
}

// retried reports an attempt that failed, or that says that it is another one.
func (c *call) retried() bool { return c.failed || c.again }

// answered reports a call that failed with an answer, and not for want of one: 408 and 504 say that time ran out.
func (c *call) answered() bool {
	status := c.span.Get(trace.HTTPStatus)
	return status != "" && status != "408" && status != "504"
}

// roundTime is the setting of a time limit that d is just at, 0 if none is near. People set 1, 2, 3, or 5 times a power of ten
// (3 s is what AWS Lambda allows a function unless told otherwise), and parts of a minute; what comes a little later was noticed late.
func roundTime(d int64) int64 {
	const shortest, longest = 50_000, 100_000_000 // µs
	near := func(limit int64) bool {
		return limit >= shortest && d >= limit-limit/100 && d <= limit+limit/20
	}
	for _, limit := range []int64{15_000_000, 60_000_000} {
		if near(limit) {
			return limit
		}
	}
	for unit := int64(shortest / 5); unit < longest; unit *= 10 {
		for _, n := range []int64{1, 2, 3, 5} {
			if near(n * unit) {
				return n * unit
			}
		}
	}
	return 0
}
