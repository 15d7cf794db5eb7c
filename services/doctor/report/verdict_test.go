package report

import (
	"strings"
	"testing"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// The first sentences of a report say what takes the time and what fixing it gains, as far as the findings and the unexplained
// time allow, for a reader who stops there.
func TestVerdict(t *testing.T) {
	sure := doctor.Finding{Kind: "n-plus-one", Service: "web", Callee: "authors", Count: 1200, CriticalPathShare: 0.7, Evidence: doctor.Sufficient, AfterUS: 40_000}
	unsure := doctor.Finding{Kind: "slow-dependency", Service: "web", Callee: "press", CriticalPathShare: 0.5, Evidence: doctor.NeedsOtherTraces, Confidence: doctor.Low}
	errors := doctor.Finding{Kind: "error-origin", Service: "web", Operation: "GET /x", Evidence: doctor.Sufficient, AfterUS: 100_000}
	alone := doctor.Finding{Kind: "pool-wait", Service: "web", Evidence: doctor.Sufficient, AfterUS: 60_000}
	dark := doctor.Finding{Kind: "dark-time", Service: "web", Operation: "GET /x", CriticalPathShare: 0.6, Evidence: doctor.Sufficient, AfterUS: 100_000}
	for _, test := range []struct {
		name     string
		findings []doctor.Finding
		dark     float64
		want     string
	}{
		{"healthy", nil, 0.02, "Nothing to fix."},
		{"some of it dark", nil, 0.3, "Nothing to fix. 30 % of the time is not covered by any span."},
		{"most of it dark", nil, 0.7, "Nothing to fix in the time that spans cover. 70 % of the time is not covered by any span."},
		{"all of it dark", nil, 0.98, "This trace alone does not show what takes the time. 98 % of the time is not covered by any span."},
		{"one finding", []doctor.Finding{sure}, 0, "web makes 1,200 calls to authors where one or two would do; this accounts for 70 % of the time. Fixing it would cut 100 ms to about 40 ms."},
		{"without a callee", []doctor.Finding{alone}, 0, "web waits for a free connection. Fixing it would cut 100 ms to about 60 ms."},
		{"without a saving", []doctor.Finding{errors}, 0, "GET /x in web failed."},
		{"dark time is reported once", []doctor.Finding{dark, errors}, 0.6, "web spends time in GET /x that no span covers; this accounts for 60 % of the time. There are 2 findings in all."},
		{"sure and unsure", []doctor.Finding{unsure, sure}, 0, "Perhaps press is slow to respond to web; this accounts for 50 % of the time. Fixing both findings would cut 100 ms to about 40 ms."},
		{"three", []doctor.Finding{errors, sure, sure}, 0, "GET /x in web failed. Fixing all 3 findings would cut 100 ms to about 40 ms."},
		{"only unsure", []doctor.Finding{unsure, unsure}, 0, "Perhaps press is slow to respond to web; this accounts for 50 % of the time. This trace alone cannot confirm it; that takes other traces or more attributes."},
		{"more than are shown", []doctor.Finding{sure, sure, sure, sure, sure, sure}, 0, "web makes 1,200 calls to authors where one or two would do; this accounts for 70 % of the time. Fixing the first 5 of 6 findings would cut 100 ms to about 40 ms."},
	} {
		r := doctor.Report{Spans: 9, Root: doctor.Root{DurationUS: 100_000}, Findings: test.findings, UnexplainedShare: test.dark}
		if got := verdict(r); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
	for _, test := range []struct {
		took trace.Micros
		dark float64
		want string
	}{
		{170, 1, "Nothing to fix: the request took only 170 µs."}, // such as one that was refused with 400
		{3_000, 0.12, "Nothing to fix."},
		{30_000, 0.12, "Nothing to fix."},
		{60_000, 0.12, "Nothing to fix. 12 % of the time is not covered by any span."},
	} {
		r := doctor.Report{Spans: 1, Root: doctor.Root{DurationUS: test.took}, UnexplainedShare: test.dark}
		if got := verdict(r); got != test.want {
			t.Errorf("%s, %.0f %% dark:\n got %s\nwant %s", test.took, test.dark*100, got, test.want)
		}
	}
	seen := doctor.Finding{Kind: "slow-dependency", Service: "web", Callee: "press", CriticalPathShare: 0.8, CriticalPathUS: 80_000, Evidence: doctor.NeedsOtherTraces, Confidence: doctor.Low}
	small := seen
	small.CriticalPathShare = 0.2
	brief := seen
	brief.CriticalPathUS = 4_000
	hidden, sideBySide := seen, seen
	hidden.Kind, hidden.Evidence = "n-plus-one", doctor.NeedsAttributes
	sideBySide.Kind, sideBySide.Evidence, sideBySide.Confidence = "n-plus-one", doctor.Sufficient, doctor.High
	sideBySide.Saving.HighUS = 20_000
	usual := seen
	usual.Evidence, usual.Saving.HighUS = doctor.Sufficient, 80_000
	for want, list := range map[string][]doctor.Finding{
		"This trace alone shows nothing to fix. Perhaps press is slow to respond to web; this accounts for 80 % of the time. Other traces could confirm it.":                         {small, seen},
		"This trace alone shows nothing to fix. Perhaps web makes 0 calls to press where one or two would do; this accounts for 80 % of the time. More attributes could confirm it.": {hidden},
		"Nothing is sure to be worth fixing. web makes 0 calls to press where one or two would do; this accounts for 80 % of the time.":                                              {seen, sideBySide},
		"Nothing to fix.": {small, brief, usual},
	} {
		if got := verdict(doctor.Report{Spans: 9, Root: doctor.Root{DurationUS: 100_000}, AlsoSeen: list}); got != want {
			t.Errorf("with %d also seen:\n got %s\nwant %s", len(list), got, want)
		}
	}
	if got := verdict(doctor.Report{}); got != "The trace has no spans." {
		t.Errorf("empty: %s", got)
	}
}

// Every kind has a lead sentence that does not need the name of the kind.
func TestLeads(t *testing.T) {
	for _, k := range doctor.Kinds() {
		if got := lead(doctor.Finding{Kind: k.Kind, Service: "web", Callee: "press"}); !strings.Contains(got, "web") || strings.ContainsAny(got, "[]{}") {
			t.Errorf("the lead of %s is %q", k.Kind, got)
		}
	}
}

// Findings beyond the fifth become one line with their kinds.
func TestFindingsFold(t *testing.T) {
	r := doctor.Report{Spans: 1}
	for range 7 {
		r.Findings = append(r.Findings, doctor.Finding{Kind: "edge-wait", Service: "a", Saving: doctor.Saving{Basis: doctor.None}})
	}
	r.Findings[6].Kind = "slow-self"
	p := newPage(Look{Width: 80})
	p.findings(newCaseView(Case{Trace: &trace.Trace{}, Report: r}))
	if text := p.String(); !strings.Contains(text, "\n2 more findings with smaller savings: edge-wait, slow-self (see -all).\n") || strings.Contains(text, "6. ") {
		t.Errorf("want five findings and the rest in a line, got:\n%s", text)
	}
	p = newPage(Look{Width: 80, All: true})
	p.findings(newCaseView(Case{Trace: &trace.Trace{}, Report: r}))
	if text := p.String(); strings.Count(text, "edge-wait in a") != 6 || !strings.Contains(text, "\n- slow-self in a: (no name)\n") {
		t.Errorf("want all seven findings, got:\n%s", text)
	}
}
