package rule

import (
	"spanwise/doctor/call"
	"spanwise/doctor/finding"
	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/trace"
)

var retryStorm = Rule{
	Kind:  "retry-storm",
	Lead:  "{service} retries failing calls[ to {callee}]: {n} attempts in all",
	Title: "Failed calls repeated: attempts and pauses that take a large part of the request, or layers that multiply them",
	Doc: `The same call under the same parent failed (an error status, 5xx, 429, or an RPC status that invites a retry)
and was repeated after it ended; or one call reached its callee several times, because a proxy or the HTTP client
itself retries; or a step within a process, which records no call, failed and was repeated until it succeeded.

Three or more attempts without backoff are a storm. So are attempts that contain retries of their own, if that makes
at least four at the bottom: layers multiply, which is reported as amplification. Pauses back off if those of the
second half are a fifth longer than those of the first, because jitter makes single ones shorter; a pause under 1 ms
is not backoff. Even pauses that take ten times as long as the failed attempts are not a storm either: they suggest
that the server said when to retry.

Two attempts, or more with backoff, are ordinary retries. They are only mentioned, unless the failed attempts and
their pauses take a fifth of the request: politeness does not make them cheaper for the user.

Attempts that failed after the same round duration (1, 2, 3 or 5 times a power of ten, or a part of a minute, 15
and 60 s) ran into a timeout, unless the callee failed by itself; the report names it.

Saving: the first attempt replayed as long as the last one took, without the others and the pauses between them.
If layers multiply, this is what leaving retries to the innermost layer saves.

The pauses between attempts are counted here only, not as work of the caller and not as unexplained time.

What can mislead it: a loop over different items of which some fail, if the trace hides which.`,
	Find: findRetryStorm,
}

// toOuterLayer makes an inner layer yield to the outermost, whose finding counts its attempts, too.
var toOuterLayer = []finding.Kind{"retry-storm"}

func findRetryStorm(e *evidence.Exam) []Suspicion {
	tries := e.Retries()
	if len(tries) == 0 {
		return nil
	}
	layers := newRetryLayers(e, tries)
	var all gathering
	for _, l := range tries {
		t := newTry(l, layers)
		all.addDescribed(t.suspect(e, layers), t.describe)
	}
	return all.heaviest(e)
}

// A try is a run of attempts, and what makes it a storm.
type try struct {
	*evidence.Loop
	outer, inner *evidence.Loop // layers that also retry
	bottom       int            // attempts at the innermost layer
	hasty        bool           // without backoff
}

func newTry(l *evidence.Loop, layers *retryLayers) try {
	var failed trace.Micros
	for _, c := range l.Calls[:len(l.Calls)-1] {
		failed += c.Span.Duration
	}
	waits := l.Waits()
	return try{l, layers.around(l), layers.first[l], layers.bottom(l), !evidence.Growing(waits) && evidence.Sum(waits) < 10*failed}
}

func (t try) suspect(e *evidence.Exam, layers *retryLayers) Suspicion {
	n := len(t.Calls)
	s := Suspicion{Spans: t.Units, subject: t.Calls[0].Template}
	s.Service, s.Operation, s.Callee, s.Count = t.Parent.Service, t.Parent.Name, t.Calls[0].Callee, n
	s.CriticalPathUS = e.Wasted(t.Loop)
	s.Saving.Basis, s.Confidence, s.Evidence = finding.Structural, finding.High, finding.Sufficient
	if step := t.Calls[0].Span; n == 2 && e.CallOf[step.Index] == nil && !step.Remote() {
		s.Confidence = finding.Medium // two steps of one name may be for different items
	}
	for layer := t.Loop; layer == t.Loop || layer != nil && layers.first[layer] != nil; layer = layers.first[layer] {
		s.High = append(s.High, e.LastOnly(layer)...) // the innermost of several layers may keep its retries
	}
	s.Low = s.High
	s.Minor = !storm(n, t.bottom) && (n < 3 || !t.hasty)
	if t.outer != nil && storm(len(t.outer.Units), layers.bottom(t.outer)) {
		s.YieldsTo = toOuterLayer
	}
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
	if pauses := t.Waits(); t.hasty {
		s.Reason("without backoff (%s between attempts)", evidence.Median(pauses))
	} else if len(pauses) == 1 {
		s.Reason("the pause between them takes %s", pauses[0])
	} else {
		s.Reason("the pauses between them take %s", evidence.Sum(pauses))
	}
	if t.inner != nil {
		s.Reason("further down, `%s` in %s retries too: %d attempts at the bottom for 1 call at the top",
			t.inner.Parent.Name, t.inner.Parent.Service, t.bottom)
	}
	if limit := evidence.Timeout(t.Loop); limit > 0 {
		s.Figures.LimitUS = limit
		is := "may be"
		if evidence.OutOfTime(first.Span) {
			is = "is"
		}
		s.Reason("each failed after %s, which %s a timeout", limit, is)
	}
	if t.Parent.Calling() && t.Units[0].Remote() {
		s.Reason("%s called once, so something between the two made the other attempts", t.Parent.Service)
	}
	s.Unless = "these are calls for different items, some of which fail"
	s.Fix = "find out why it fails; retry with exponential backoff and jitter, within a retry budget"
	if !t.hasty {
		s.Fix = "find out why it fails; the retries themselves are well spaced"
	}
	if t.inner != nil || t.outer != nil {
		s.Fix = "retry in one layer only, with exponential backoff and a retry budget; fail fast in the others"
	}
}

// why is what either side of a call records about its failure.
func why(c *call.Call) string {
	recorded := evidence.Reason(c.Span)
	if recorded == "" && c.Server != nil {
		recorded = evidence.Reason(c.Server)
	}
	return recorded
}
