package report

import (
	"testing"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// A report on many traces without findings names what most of them lead with, and in how many.
func TestRankingNamesSuspect(t *testing.T) {
	seen := doctor.Finding{
		Kind: "slow-dependency", Service: "web", Operation: "GET /x", Callee: "press", CriticalPathShare: 0.8, CriticalPathUS: 80 * trace.Millisecond,
		Confidence: doctor.Medium, Evidence: doctor.NeedsOtherTraces,
	}
	with := Case{Report: doctor.Report{Root: doctor.Root{DurationUS: 100 * trace.Millisecond}, AlsoSeen: []doctor.Finding{seen}}}
	without := Case{Report: doctor.Report{Root: doctor.Root{DurationUS: 100 * trace.Millisecond}}}
	for want, cases := range map[string][]Case{
		"Nothing is sure to be worth fixing. In 2 of 3 traces: press is slow to respond to web; this accounts for 80 % of the time.": {with, without, with},
		"Nothing to fix in any of them.": {without, without},
	} {
		if got := newRankingView(cases, Look{}).Headline; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
