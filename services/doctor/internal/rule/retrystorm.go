package rule

import (
	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
)

var retryStorm = Rule{
	Kind:  finding.RetryStorm,
	Title: "Failed calls made again at once, or by several layers, so that one request becomes many",
	Doc: `The same call under the same parent failed (an error status, 5xx, 429, or an RPC status that invites another
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

What can mislead it: a loop over different things of which some fail, where the trace hides which.`,
	Find: findRetryStorm,
}

func findRetryStorm(e *evidence.Exam) []Suspicion {
	tries := e.Retries()
	if len(tries) == 0 {
		return nil
	}
	layers := newRetryLayers(e, tries)
	var all gathering
	for _, l := range tries {
		t := newTry(l, layers)
		all.addDescribed(t.suspect(layers), t.describe)
	}
	return all.heaviest(e)
}

// A try is a run of attempts, and what makes it a storm or none.
type try struct {
	*evidence.Loop
	outer, inner *evidence.Loop // layers that retry as well
	bottom       int            // attempts of the innermost
	hasty        bool           // without growing pauses
}

func newTry(l *evidence.Loop, layers *retryLayers) try {
	pauses, failed := evidence.Sum(l.Pauses()), evidence.Sum(l.Durations()[:len(l.Units)-1])
	return try{l, layers.around(l), layers.first[l], layers.bottom(l), !evidence.Growing(l.Pauses()) && pauses < 10*failed}
}

func (t try) suspect(layers *retryLayers) Suspicion {
	n := len(t.Calls)
	s := Suspicion{Spans: t.Units, subject: t.Calls[0].Template}
	s.Service, s.Operation, s.Callee, s.Count = t.Parent.Service, t.Parent.Name, t.Calls[0].Callee, n
	s.Saving.Basis, s.Confidence, s.Evidence = finding.Structural, finding.High, finding.Sufficient
	for layer := t.Loop; layer == t.Loop || layer != nil && layers.first[layer] != nil; layer = layers.first[layer] {
		s.High = append(s.High, lastOnly(layer)...) // the innermost of several may go on
	}
	s.Low = s.High
	s.Minor = !storm(n, t.bottom) && (n < 3 || !t.hasty) || t.outer != nil && storm(len(t.outer.Units), layers.bottom(t.outer))
	if t.inner != nil {
		s.Count = t.bottom
	}
	return s
}

func (t try) describe(s *Suspicion) {
	n, first := len(t.Calls), t.Calls[0]
	failed := "all but the last failed"
	if t.Calls[n-1].Failed {
		failed = "all failed"
	}
	s.Reason("%d attempts at %s under `%s`, %s%s", n, first.Describe(), t.Parent.Name, failed, why(first))
	if t.hasty {
		s.Reason("with pauses of %s that do not grow", evidence.Ms(evidence.Median(t.Pauses())))
	}
	if t.inner != nil {
		s.Reason("below, `%s` in %s retries too: %d attempts at the bottom for 1 call at the top",
			t.inner.Parent.Name, t.inner.Parent.Service, t.bottom)
	}
	if limit := evidence.Timeout(t.Loop); limit > 0 {
		s.Figures.LimitUS = limit
		s.Reason("they failed after %s each, which is a timeout", evidence.Ms(limit))
	}
	if t.Parent.Calling() {
		s.Reason("%s called once, so what stands between the two made the others", t.Parent.Service)
	}
	s.Unless = "these are different things of which some fail"
	s.Fix = "see why it fails; try again after growing pauses, with chance in them, and within a budget"
	if t.inner != nil || t.outer != nil {
		s.Fix = "retry in one layer only, with growing pauses and a budget; fail fast in the others"
	}
}

// lastOnly makes the last attempt the only one.
func lastOnly(l *evidence.Loop) []path.Change {
	first, last := l.Units[0], l.Calls[len(l.Calls)-1].Span
	only := path.Lasting(first, last.Duration)
	if last.Duration > first.Duration {
		only = path.Exactly(first, last.Duration)
	}
	return []path.Change{only, path.Without(l.Units[1:]...)}
}

// why is what either side of a call says of its failure.
func why(c *call.Call) string {
	said := evidence.Reason(c.Span)
	if said == "" && c.Server != nil {
		said = evidence.Reason(c.Server)
	}
	return said
}
