package scenario

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"spanwise/doctor"
)

// A judgement counts the first finding, asks for every place, and calls what nobody planted a false alarm.
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
	want := Diagnosis{Kind: doctor.NPlusOne, Places: []Place{{"order", "pricing"}, {"order", "inventory"}}, Says: "load"}
	one := Diagnosis{Kind: doctor.NPlusOne, Places: []Place{{"order", "pricing"}}}
	mention := Diagnosis{Kind: doctor.NPlusOne, Places: []Place{{"order", "pricing"}}, Mention: true, Says: "load"}
	tolerant := Diagnosis{Kind: doctor.NPlusOne, Places: one.Places, Also: []Also{{doctor.SlowSelf, "it computes"}}}
	type findings []doctor.Finding
	tests := []struct {
		name        string
		want        Diagnosis
		found, seen findings
		judgement   Judgement
	}{
		{"both places", want, findings{prices, stock}, nil, Judgement{Found: doctor.NPlusOne, Right: true, Place: true, True: 2, Predicted: 850}},
		{"one place of two", want, findings{prices}, nil, Judgement{Found: doctor.NPlusOne, Right: true, True: 1, Predicted: 600}},
		{"wrong place", one, findings{elsewhere}, nil, Judgement{Found: doctor.NPlusOne, Right: true, False: findings{elsewhere}}},
		{"right, but not first", one, findings{other, prices}, nil, Judgement{Found: doctor.SlowSelf, True: 1, False: findings{other}, Predicted: 600}},
		{"something else after it", one, findings{prices, other}, nil, Judgement{Found: doctor.NPlusOne, Right: true, Place: true, True: 1, False: findings{other}, Predicted: 600}},
		{"something else that is so", tolerant, findings{prices, other}, nil, Judgement{Found: doctor.NPlusOne, Right: true, Place: true, True: 2, Predicted: 600}},
		{"a cap", one, findings{capped}, nil, Judgement{Found: doctor.NPlusOne, Right: true, Place: true, True: 1, Predicted: 700, Cap: true}},
		{"nothing", one, nil, nil, Judgement{}},
		{"not understood", Diagnosis{Kind: doctor.NPlusOne, Places: one.Places, Says: "never said"}, findings{prices}, nil, Judgement{Found: doctor.NPlusOne, True: 1, Predicted: 600}},
		{"mentioned", mention, nil, findings{other, prices}, Judgement{Found: doctor.NPlusOne, Right: true, Place: true}},
		{"more than mentioned", mention, findings{prices}, nil, Judgement{Found: doctor.NPlusOne, False: findings{prices}}},
		{"healthy", Diagnosis{}, nil, findings{other}, Judgement{Right: true, Place: true}},
		{"false alarm", Diagnosis{}, findings{other}, nil, Judgement{Found: doctor.SlowSelf, False: findings{other}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := doctor.Report{Root: doctor.Root{DurationUS: 1000}, Findings: tt.found, AlsoSeen: tt.seen}
			if diff := cmp.Diff(tt.judgement, tt.want.Judge(r)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A report on one trace settles the matter if it stands on sufficient evidence, or finds nothing where all is in that trace.
func TestDecided(t *testing.T) {
	says := func(e doctor.Evidence) doctor.Report { return doctor.Report{Findings: []doctor.Finding{{Evidence: e}}} }
	alone, scattered, crowd := Scenario{}, Scenario{Scattered: true}, Scenario{Crowd: 8}
	for _, tt := range []struct {
		name     string
		scenario Scenario
		report   doctor.Report
		want     bool
	}{
		{"sufficient", alone, says(doctor.Sufficient), true},
		{"sufficient, though among many", crowd, says(doctor.Sufficient), true},
		{"needs others", alone, says(doctor.NeedsOtherTraces), false},
		{"nothing", alone, doctor.Report{}, true},
		{"nothing but darkness", alone, doctor.Report{UnexplainedShare: 0.6}, false},
		{"nothing in one of several", scattered, doctor.Report{}, false},
		{"nothing in one of many", crowd, doctor.Report{}, false},
	} {
		if got := tt.scenario.Decided(tt.report); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
