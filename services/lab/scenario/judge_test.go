package scenario

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor"
	"spanwise/doctor/trace"
)

// A judgement counts the first finding, asks for every place and for what must be said, and calls what nobody
// planted a false alarm unless it is listed as true in that very place.
func TestJudge(t *testing.T) {
	finding := func(k doctor.Kind, service, callee string, low, high, after int64) doctor.Finding {
		return doctor.Finding{Kind: k, Service: service, Callee: callee, AfterUS: after, Because: "because it costs load",
			Saving: doctor.Saving{LowUS: low, HighUS: high, Basis: doctor.Structural}, Evidence: doctor.Sufficient}
	}
	prices := finding(doctor.NPlusOne, "order", "pricing", 500, 700, 400)
	stock := finding(doctor.NPlusOne, "order", "inventory", 200, 300, 150)
	other := finding(doctor.SlowSelf, "order", "", 10, 20, 900)
	elsewhere := finding(doctor.NPlusOne, "inventory", "sqlite", 500, 700, 400)
	capped := finding(doctor.NPlusOne, "order", "pricing", 0, 700, 400)
	shared := finding(doctor.NPlusOne, "order", "pricing", 500, 700, 400)
	shared.Saving.Basis = doctor.Shared
	unsure := finding(doctor.NPlusOne, "order", "pricing", 500, 700, 400)
	unsure.Evidence = doctor.NeedsOtherTraces

	places := []Place{{"order", "pricing"}}
	want := Diagnosis{Kind: doctor.NPlusOne, Places: []Place{{"order", "pricing"}, {"order", "inventory"}}, Says: []Saying{words("load")}}
	one := Diagnosis{Kind: doctor.NPlusOne, Places: places}
	mention := Diagnosis{Kind: doctor.NPlusOne, Places: places, Mention: true, Says: []Saying{words("load")}}
	tolerant := Diagnosis{Kind: doctor.NPlusOne, Places: places, Also: []Also{{doctor.SlowSelf, Place{"order", ""}, "it computes"}}}
	elsewhereToo := Diagnosis{Kind: doctor.NPlusOne, Places: places, Also: []Also{{doctor.SlowSelf, Place{"pricing", ""}, "it computes"}}}
	silent := Diagnosis{Kind: doctor.NPlusOne, Places: places, Says: []Saying{words("never said")}}
	type findings []doctor.Finding
	claims := func(fs ...doctor.Finding) (list []Claim) {
		for _, f := range fs {
			list = append(list, claim(f))
		}
		return list
	}
	const n, value, less = doctor.NPlusOne, doctor.Structural, doctor.Shared
	tests := []struct {
		name        string
		want        Diagnosis
		found, seen findings
		judgement   Judgement
	}{
		{"both places", want, findings{prices, stock}, nil, Judgement{Found: n, Kind: true, Right: true, Place: true, True: claims(prices, stock), Basis: value, Predicted: 850}},
		{"one place of two", want, findings{prices}, nil, Judgement{Found: n, Kind: true, Right: true, True: claims(prices), Basis: value, Predicted: 600}},
		{"wrong place", one, findings{elsewhere}, nil, Judgement{Found: n, Kind: true, Right: true, False: claims(elsewhere)}},
		{"wrong place first", one, findings{elsewhere, prices}, nil, Judgement{Found: n, Kind: true, Right: true, True: claims(prices), False: claims(elsewhere), Basis: value, Predicted: 600}},
		{"right, but not first", one, findings{other, prices}, nil, Judgement{Found: doctor.SlowSelf, True: claims(prices), False: claims(other), Basis: value, Predicted: 600}},
		{"something else after it", one, findings{prices, other}, nil, Judgement{Found: n, Kind: true, Right: true, Place: true, True: claims(prices), False: claims(other), Basis: value, Predicted: 600}},
		{"something else that is so", tolerant, findings{prices, other}, nil, Judgement{Found: n, Kind: true, Right: true, Place: true, True: claims(prices), Beside: claims(other), Basis: value, Predicted: 600}},
		{"something that is so elsewhere", elsewhereToo, findings{prices, other}, nil, Judgement{Found: n, Kind: true, Right: true, Place: true, True: claims(prices), False: claims(other), Basis: value, Predicted: 600}},
		{"a cap", one, findings{capped}, nil, Judgement{Found: n, Kind: true, Right: true, Place: true, True: claims(capped), Basis: value, Predicted: 700, Cap: true}},
		{"shared", one, findings{shared}, nil, Judgement{Found: n, Kind: true, Right: true, Place: true, True: claims(shared), Basis: less, Predicted: 700, Cap: true}},
		{"cannot tell", one, findings{unsure}, nil, Judgement{Found: n, Kind: true, Place: true, True: claims(unsure), Basis: value, Predicted: 600}},
		{"nothing", one, nil, nil, Judgement{}},
		{"not understood", silent, findings{prices}, nil, Judgement{Found: n, Kind: true, Place: true, True: claims(prices), Basis: value, Predicted: 600, Unsaid: []string{`"never said"`}}},
		{"mentioned", mention, nil, findings{other, prices}, Judgement{Kind: true, Right: true, Place: true, Basis: value, Predicted: 600}},
		{"mentioned elsewhere", mention, nil, findings{elsewhere}, Judgement{Kind: true}},
		{"more than mentioned", mention, findings{prices}, nil, Judgement{Found: n, False: claims(prices)}},
		{"healthy", Diagnosis{}, nil, findings{other}, Judgement{Kind: true, Right: true, Place: true}},
		{"false alarm", Diagnosis{}, findings{other}, nil, Judgement{Found: doctor.SlowSelf, False: claims(other)}},
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

// A report on one trace settles the matter unless it says itself that it cannot, whatever the scenario is about.
func TestDecided(t *testing.T) {
	says := func(e doctor.Evidence) []doctor.Finding { return []doctor.Finding{{Evidence: e}} }
	for _, tt := range []struct {
		name   string
		report doctor.Report
		want   bool
	}{
		{"sufficient", doctor.Report{Findings: says(doctor.Sufficient)}, true},
		{"sufficient, and something seen is not", doctor.Report{Findings: says(doctor.Sufficient), AlsoSeen: says(doctor.NeedsOtherTraces)}, true},
		{"needs others", doctor.Report{Findings: says(doctor.NeedsOtherTraces)}, false},
		{"needs attributes, which others do not have either", doctor.Report{Findings: says(doctor.NeedsAttributes)}, true},
		{"nothing", doctor.Report{}, true},
		{"nothing but something seen that needs others", doctor.Report{AlsoSeen: says(doctor.NeedsOtherTraces)}, false},
		{"nothing but darkness", doctor.Report{UnexplainedShare: 0.6}, false},
	} {
		if got := decided(tt.report); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

// A saying is said if the figure itself is, not if its digits occur.
func TestSaying(t *testing.T) {
	other := trace.New("b7ef", []*trace.Span{{ID: "2", Service: "pricing"}})
	own := trace.New("30a7", []*trace.Span{{ID: "1", Service: "order"}})
	for _, tt := range []struct {
		saying  Saying
		because string
		want    bool
	}{
		{about("the offset", 2*time.Second), "the clock is 2.00 s ahead", true},
		{about("the offset", 2*time.Second), "the clock is 712 ms ahead", false},
		{about("the offset", 2*time.Second), "the clock is 2.3 s ahead", false},
		{about("the offset", 2*time.Second), "2 calls are ahead", false},
		{between("the work", 20*time.Millisecond, 40*time.Millisecond), "22.0 ms of work, 110 ms of waiting", true},
		{between("the work", 20*time.Millisecond, 40*time.Millisecond), "0 µs of work, 110 ms of waiting", false},
		{counted(9, "attempts"), "3 attempts, all failed: 9 attempts at the bottom", true},
		{counted(9, "attempts"), "3 attempts, 9 spans", false},
		{counted(9, "attempts"), "19 attempts", false},
		{countedFrom(49, 50, "times"), "asked 49 times", true},
		{countedFrom(49, 50, "times"), "asked 48 times", false},
		{counted(7, "requests"), "7 other requests ask it", true},
		{words("SELECT"), "a SELECT is slow", true},
		{words("SELECT"), "a query is slow", false},
		{bothHalves("pricing"), "traces 30a7 and b7ef look like one", true},
		{bothHalves("pricing"), "trace 30a7 lacks its other half", false},
	} {
		f := doctor.Finding{Because: tt.because}
		if got := tt.saying.in(f, []*trace.Trace{own, other}); got != tt.want {
			t.Errorf("%s in %q: got %v, want %v", tt.saying.What, tt.because, got, tt.want)
		}
	}
	if f := (doctor.Finding{Because: "ask once in pricing", Fix: "ask less"}); advice("in pricing").in(f, nil) {
		t.Error("got an advice that the fix does not give")
	}
}
