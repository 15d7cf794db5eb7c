package report

import (
	"strings"
	"testing"

	"spanwise/doctor"
)

// The first sentence of a report is what the findings and the unexplained time allow to say, and no more.
func TestVerdict(t *testing.T) {
	sure := doctor.Finding{Kind: doctor.NPlusOne, Evidence: doctor.Sufficient, AfterUS: 40_000}
	unsure := doctor.Finding{Kind: doctor.SlowDependency, Evidence: doctor.NeedsOtherTraces}
	errors := doctor.Finding{Kind: doctor.ErrorOrigin, Evidence: doctor.Sufficient, AfterUS: 100_000}
	for _, test := range []struct {
		name     string
		findings []doctor.Finding
		dark     float64
		want     string
	}{
		{"healthy", nil, 0.02, "Nothing to fix."},
		{"some of it dark", nil, 0.3, "Nothing to fix. What happens in 30 % of the time, no span shows."},
		{"most of it dark", nil, 0.7, "Nothing to fix in what spans show. What happens in 70 % of the time, no span shows."},
		{"all of it dark", nil, 0.98, "This trace alone cannot tell. What happens in 98 % of the time, no span shows."},
		{"one finding", []doctor.Finding{sure}, 0, "1 thing to fix: 100 ms would become about 40 ms."},
		{"a finding without a saving", []doctor.Finding{errors}, 0, "1 thing to fix."},
		{"sure and unsure", []doctor.Finding{unsure, sure}, 0, "2 things to fix: 100 ms would become about 40 ms."},
		{"only unsure", []doctor.Finding{unsure, unsure}, 0, "This trace alone cannot tell: what it shows needs other traces, or more attributes, to be sure of."},
		{"more than are shown", []doctor.Finding{sure, sure, sure, sure, sure, sure}, 0, "6 things to fix: with the first 5, 100 ms would become about 40 ms."},
	} {
		r := doctor.Report{Spans: 9, Root: doctor.Root{DurationUS: 100_000}, Findings: test.findings, UnexplainedShare: test.dark}
		if got := verdict(r); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
	if got := verdict(doctor.Report{}); got != "There is no span to examine." {
		t.Errorf("empty: %s", got)
	}
}

// Findings beyond the fifth are folded into a line with their kinds.
func TestFindingsFold(t *testing.T) {
	r := doctor.Report{Spans: 1}
	for range 7 {
		r.Findings = append(r.Findings, doctor.Finding{Kind: doctor.EdgeWait, Service: "a", Saving: doctor.Saving{Basis: doctor.None}})
	}
	r.Findings[6].Kind = doctor.SlowSelf
	p := newPage(Look{Width: 80})
	p.findings(r)
	if text := p.String(); !strings.Contains(text, "\nAnd 2 findings that save less: edge-wait, slow-self (see -json).\n") || strings.Contains(text, "6. ") {
		t.Errorf("want five findings and the rest in a line, got:\n%s", text)
	}
}
