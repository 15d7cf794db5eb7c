package doctor_test

import (
	"testing"

	"spanwise/doctor"
)

// A finding that is ignored moves to AlsoSeen with the reason, and what the others predict no longer counts its fix.
func TestIgnore(t *testing.T) {
	books := traces(t, "report/testdata/books.json")[0]
	r := doctor.Diagnose(books, doctor.Ignore(func(f doctor.Finding) string {
		if f.Kind == "n-plus-one" {
			return "at most twelve"
		}
		return ""
	}))
	if len(r.AlsoSeen) == 0 || r.AlsoSeen[0].Kind != "n-plus-one" || r.AlsoSeen[0].Ignored != "at most twelve" {
		t.Fatalf("also seen: %+v", r.AlsoSeen)
	}
	for _, f := range r.Findings {
		if f.Kind == "n-plus-one" || f.Ignored != "" || f.AfterUS != r.Root.DurationUS {
			t.Errorf("%s: ignored %q, %d µs after it of %d", f.Kind, f.Ignored, f.AfterUS, r.Root.DurationUS)
		}
	}
}
