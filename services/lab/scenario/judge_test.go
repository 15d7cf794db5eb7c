package scenario

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor"
	"spanwise/doctor/finding"
	"spanwise/doctor/trace"
)

// A judgement goes by the first finding, requires every place and every detail, and counts what was not planted as a false
// alarm unless the diagnosis excuses it in that very place.
func TestJudge(t *testing.T) {
	finding := func(k doctor.Kind, service, callee string, low, high, after trace.Micros) doctor.Finding {
		return doctor.Finding{Kind: k, Service: service, Callee: callee, AfterUS: after, Count: 50,
			Saving: doctor.Saving{LowUS: low, HighUS: high, Basis: doctor.Structural}, Evidence: doctor.Sufficient}
	}
	prices := finding("n-plus-one", "order", "pricing", 500, 700, 400)
	stock := finding("n-plus-one", "order", "inventory", 200, 300, 150)
	other := finding("slow-self", "order", "", 10, 20, 900)
	elsewhere := finding("n-plus-one", "inventory", "sqlite", 500, 700, 400)
	bounded := finding("n-plus-one", "order", "pricing", 0, 700, 400)
	shared := finding("n-plus-one", "order", "pricing", 500, 700, 400)
	shared.Saving.Basis = doctor.Shared
	unsure := finding("n-plus-one", "order", "pricing", 500, 700, 400)
	unsure.Evidence = doctor.NeedsOtherTraces

	places := []Place{{"order", "pricing"}}
	want := Diagnosis{Kind: "n-plus-one", Places: []Place{{"order", "pricing"}, {"order", "inventory"}}, Details: []Detail{count(50, "calls")}}
	one := Diagnosis{Kind: "n-plus-one", Places: places}
	mention := Diagnosis{Kind: "n-plus-one", Places: places, Mention: true, Details: []Detail{count(50, "calls")}}
	tolerant := Diagnosis{Kind: "n-plus-one", Places: places, AlsoTrue: []Excuse{{"slow-self", Place{"order", ""}, "it computes"}}}
	elsewhereToo := Diagnosis{Kind: "n-plus-one", Places: places, AlsoTrue: []Excuse{{"slow-self", Place{"pricing", ""}, "it computes"}}}
	silent := Diagnosis{Kind: "n-plus-one", Places: places, Details: []Detail{count(51, "calls")}}
	type findings []doctor.Finding
	claims := func(fs ...doctor.Finding) (list []Claim) {
		for _, f := range fs {
			list = append(list, claim(f))
		}
		return list
	}
	const n, value, less = "n-plus-one", doctor.Structural, doctor.Shared
	tests := []struct {
		name        string
		want        Diagnosis
		found, seen findings
		judgement   Judgement
	}{
		{"both places", want, findings{prices, stock}, nil,
			Judgement{Found: n, KindRight: true, Right: true, PlaceRight: true, Planted: claims(prices, stock), Saving: Saving{850, false, value}}},
		{"one place of two", want, findings{prices}, nil,
			Judgement{Found: n, KindRight: true, Right: true, Planted: claims(prices), Saving: Saving{600, false, value}}},
		{"wrong place", one, findings{elsewhere}, nil, Judgement{Found: n, KindRight: true, Right: true, FalseAlarms: claims(elsewhere)}},
		{"wrong place first", one, findings{elsewhere, prices}, nil,
			Judgement{Found: n, KindRight: true, Right: true, Planted: claims(prices), FalseAlarms: claims(elsewhere), Saving: Saving{600, false, value}}},
		{"right, but not first", one, findings{other, prices}, nil,
			Judgement{Found: "slow-self", Planted: claims(prices), FalseAlarms: claims(other),
				Saving: Saving{600, false, value}}},
		{"something else after it", one, findings{prices, other}, nil,
			Judgement{Found: n, KindRight: true, Right: true, PlaceRight: true, Planted: claims(prices), FalseAlarms: claims(other),
				Saving: Saving{600, false, value}}},
		{"something else that is true", tolerant, findings{prices, other}, nil,
			Judgement{Found: n, KindRight: true, Right: true, PlaceRight: true, Planted: claims(prices), AlsoTrue: claims(other),
				Saving: Saving{600, false, value}}},
		{"something that is true elsewhere", elsewhereToo, findings{prices, other}, nil,
			Judgement{Found: n, KindRight: true, Right: true, PlaceRight: true, Planted: claims(prices), FalseAlarms: claims(other),
				Saving: Saving{600, false, value}}},
		{"an upper bound", one, findings{bounded}, nil,
			Judgement{Found: n, KindRight: true, Right: true, PlaceRight: true, Planted: claims(bounded), Saving: Saving{700, true, value}}},
		{"shared", one, findings{shared}, nil,
			Judgement{Found: n, KindRight: true, Right: true, PlaceRight: true, Planted: claims(shared), Saving: Saving{700, true, less}}},
		{"needs other traces", one, findings{unsure}, nil,
			Judgement{Found: n, KindRight: true, PlaceRight: true, Planted: claims(unsure), Saving: Saving{600, false, value}}},
		{"nothing", one, nil, nil, Judgement{}},
		{"not understood", silent, findings{prices}, nil,
			Judgement{Found: n, KindRight: true, PlaceRight: true, Planted: claims(prices), Saving: Saving{600, false, value}, Unsaid: []string{"51 calls"}}},
		{"mentioned", mention, nil, findings{other, prices},
			Judgement{KindRight: true, Right: true, PlaceRight: true, Saving: Saving{600, false, value}}},
		{"mentioned elsewhere", mention, nil, findings{elsewhere}, Judgement{KindRight: true}},
		{"more than mentioned", mention, findings{prices}, nil, Judgement{Found: n, FalseAlarms: claims(prices)}},
		{"healthy", Diagnosis{}, nil, findings{other}, Judgement{KindRight: true, Right: true, PlaceRight: true}},
		{"false alarm", Diagnosis{}, findings{other}, nil, Judgement{Found: "slow-self", FalseAlarms: claims(other)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := doctor.Report{Root: doctor.Root{DurationUS: 1000}, Findings: tt.found, AlsoSeen: tt.seen}
			if diff := cmp.Diff(tt.judgement, tt.want.Judge(Answer{Report: r})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A report on one trace settles the matter unless it says itself that it does not, whatever the scenario is about.
func TestDecided(t *testing.T) {
	with := func(e doctor.Evidence) []doctor.Finding { return []doctor.Finding{{Evidence: e}} }
	for _, tt := range []struct {
		name   string
		report doctor.Report
		want   bool
	}{
		{"sufficient", doctor.Report{Findings: with(doctor.Sufficient)}, true},
		{"sufficient, and something seen is not", doctor.Report{Findings: with(doctor.Sufficient), AlsoSeen: with(doctor.NeedsOtherTraces)}, true},
		{"needs others", doctor.Report{Findings: with(doctor.NeedsOtherTraces)}, false},
		{"needs attributes, which other traces lack too", doctor.Report{Findings: with(doctor.NeedsAttributes)}, true},
		{"nothing", doctor.Report{}, true},
		{"only something seen that needs others", doctor.Report{AlsoSeen: with(doctor.NeedsOtherTraces)}, false},
		{"only unexplained time", doctor.Report{UnexplainedShare: 0.6}, false},
	} {
		if got := decided(tt.report); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

// A detail requires its own figure, and requires it to be within the range.
func TestDetail(t *testing.T) {
	other := trace.New("b7ef", []*trace.Span{{ID: "2", Service: "pricing"}})
	own := trace.New("30a7", []*trace.Span{{ID: "1", Service: "order"}})
	with := func(f finding.Figures) doctor.Finding { return doctor.Finding{Figures: f} }
	for _, tt := range []struct {
		detail  Detail
		finding doctor.Finding
		want    bool
	}{
		{durationAbout("the offset", offset, 2*time.Second), with(finding.Figures{OffsetUS: 2_000_000}), true},
		{durationAbout("the offset", offset, 2*time.Second), with(finding.Figures{OffsetUS: 712_000}), false},
		{durationAbout("the offset", offset, 2*time.Second), with(finding.Figures{OffsetUS: 2_300_000}), false},
		{durationAbout("the offset", offset, 2*time.Second), with(finding.Figures{WaitUS: 2_000_000}), false},
		{durationBetween("the work", worked, 20*time.Millisecond, 40*time.Millisecond), with(finding.Figures{WorkUS: 22_000, WaitUS: 110_000}), true},
		{durationBetween("the work", worked, 20*time.Millisecond, 40*time.Millisecond), with(finding.Figures{WaitUS: 22_000}), false},
		{count(9, "attempts"), doctor.Finding{Count: 9}, true},
		{count(9, "attempts"), doctor.Finding{Count: 19}, false},
		{countBetween(49, 50, "calls"), doctor.Finding{Count: 49}, true},
		{countBetween(49, 50, "calls"), doctor.Finding{Count: 48}, false},
		{otherRequests(7), with(finding.Figures{OtherRequests: 7}), true},
		{otherRequests(7), doctor.Finding{Count: 7}, false},
		{names("SELECT"), with(finding.Figures{Names: []string{"BEGIN", "SELECT products"}}), true},
		{names("SELECT"), doctor.Finding{Because: "a SELECT is slow"}, false},
		{operation("compute"), doctor.Finding{Operation: "compute"}, true},
		{operation("compute"), doctor.Finding{Operation: "GET /"}, false},
		{bothHalves("pricing"), with(finding.Figures{TraceIDs: []string{"30a7", "b7ef"}}), true},
		{bothHalves("pricing"), with(finding.Figures{TraceIDs: []string{"30a7"}}), false},
	} {
		if got := tt.detail.in(tt.finding, []*trace.Trace{own, other}); got != tt.want {
			t.Errorf("%s in %+v: got %v, want %v", tt.detail.What, tt.finding, got, tt.want)
		}
	}
}
