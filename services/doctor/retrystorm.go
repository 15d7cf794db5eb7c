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
invites another try) and was made again after it ended. Three attempts or more are a storm if they come without
growing pauses, or if an attempt contains retries of its own: then layers multiply, and four attempts at the
bottom for one at the top are reported as amplification. Two attempts, or more with growing pauses, are ordinary
retries, and only mentioned.

Attempts that failed after the same round time (1, 2, 5, 10, 30, 60 s) hit a timeout; the report prints it.

Saving: the first attempt replayed as long as the last one lasted, the others and the pauses between them gone.

What fools it: a loop over different things of which some fail, where the trace hides which.`,
	find: findRetryStorm,
}

func findRetryStorm(e *exam) []suspicion {
	tries := e.retries()
	retried := map[*trace.Span]*loop{}
	for _, l := range tries {
		for _, u := range l.units {
			retried[u] = l
		}
	}
	var all gathering
	for _, l := range tries {
		all.add(e.retryStorm(l, retried))
	}
	return all.heaviest(e)
}

// retries lists runs of attempts: the same call again, each after the one before had failed.
func (e *exam) retries() []*loop {
	if !slices.ContainsFunc(e.calls, (*call).retried) {
		return nil
	}
	var found []*loop
	for _, l := range e.loops(2) {
		if len(l.units) != len(l.calls) {
			continue
		}
		for from, to := 0, 0; from < len(l.calls); from = to {
			for to = from + 1; to < len(l.calls) && followsFailure(l.calls[to-1], l.calls[to]); to++ {
			}
			if to-from >= 2 {
				found = append(found, &loop{parent: l.parent, calls: l.calls[from:to], units: l.units[from:to], busy: l.busyUntil()})
			}
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

func (e *exam) retryStorm(l *loop, retried map[*trace.Span]*loop) suspicion {
	n := len(l.calls)
	first, last := l.calls[0], l.calls[n-1]
	s := suspicion{spans: l.units, subject: first.what}
	s.Service, s.Operation, s.Callee, s.Count = l.parent.Service, l.parent.Name, first.callee, n
	s.Saving.Basis, s.Confidence, s.Evidence = Structural, High, Sufficient
	s.high = []path.Change{path.Lasting(l.units[0], last.span.Duration), path.Without(l.units[1:]...)}
	s.low = s.high
	failed := "all but the last failed"
	if last.failed {
		failed = "all failed"
	}
	s.Because = fmt.Sprintf("%d attempts at %s under `%s`, %s%s", n, first.asked(), l.parent.Name, failed, first.why())
	bottom := attemptsBelow(l, retried)
	hasty := !growing(l.pauses())
	layered := bottom > n && bottom >= 4
	s.minor = !layered && (n < 3 || !hasty)
	if hasty {
		s.Because += fmt.Sprintf(", with pauses of %s that do not grow", ms(median(l.pauses())))
	}
	if bottom > n {
		s.Because += fmt.Sprintf("; layers below retry too: %d attempts at the bottom for 1 call at the top", bottom)
		s.Count = bottom
	}
	if limit := timeout(l); limit > 0 {
		s.Because += fmt.Sprintf("; they failed after %s each, which is a timeout", ms(limit))
	}
	s.Unless = "these are different things of which some fail"
	s.Fix = "retry in one layer only, with growing pauses and a budget; fail fast in the others"
	return s
}

// why is what either side of a call says of its failure.
func (c *call) why() string {
	said := reason(c.span)
	if said == "" && c.server != nil {
		said = reason(c.server)
	}
	return said
}

// attemptsBelow counts the attempts of the innermost retries in l: how many calls one became.
func attemptsBelow(l *loop, retried map[*trace.Span]*loop) int {
	bottom := 0
	for _, u := range l.units {
		inner := map[*loop]bool{}
		for _, s := range subtree(u)[1:] {
			if other := retried[s]; other != nil && other != l {
				inner[other] = true
			}
		}
		attempts := 0
		for other := range inner {
			attempts += len(other.units)
		}
		bottom += max(1, attempts)
	}
	return bottom
}

// growing reports pauses that back off: each noticeably longer than the one before, and none tiny.
func growing(pauses []int64) bool {
	for i, p := range pauses {
		if p < 1000 || i > 0 && p*10 < pauses[i-1]*12 {
			return false
		}
	}
	return true
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

// roundTime is the usual timeout setting that d is just at, 0 if none is near.
func roundTime(d int64) int64 {
	for _, seconds := range []float64{0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 3, 5, 10, 15, 20, 30, 60} {
		limit := int64(seconds * 1e6)
		if d >= limit-limit/100 && d <= limit+limit/20 {
			return limit
		}
	}
	return 0
}
