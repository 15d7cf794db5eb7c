package ignore_test

import (
	"strings"
	"testing"

	"spanwise/doctor"
	"spanwise/doctor/ignore"
)

var finding = doctor.Finding{Kind: "n-plus-one", Service: "order", Operation: "GET /orders/{id}", Callee: "pricing"}

// An entry may leave out the callee, the operation and the service, and use * for any text; nothing else is special.
func TestMatches(t *testing.T) {
	for entry, want := range map[string]bool{
		"n-plus-one in order: GET /orders/{id} → pricing":  true,
		"n-plus-one in order: GET /orders/{id} -> pricing": true,
		"n-plus-one in order: GET /orders/{id}":            true,
		"n-plus-one in order → pricing":                    true,
		"n-plus-one in order":                              true,
		"n-plus-one":                                       true,
		"* in order":                                       true,
		"n-plus-one in ord*: GET */{id} → *":               true,
		"n-plus-one in order: GET /or…id}":                 true,
		"n-plus-one in order: *GET*GET*":                   false,
		"n-plus-one in order: GET /orders/{id} → p":        false,
		"n-plus-one in order: GET /orders":                 false,
		"n-plus-one in ord":                                false,
		"n-plus-one in order: GET /orders/?id?":            false,
		"serial-calls in order":                            false,
	} {
		list, err := ignore.Parse("file", strings.NewReader(entry+" # why"))
		if err != nil {
			t.Fatal(err)
		}
		reason := list.Reason(finding)
		if got := reason != ""; got != want || want && reason != "why (file:1)" {
			t.Errorf("%q gives the reason %q, want a match: %v", entry, reason, want)
		}
		if got := len(list.Unused()) == 0; got != want {
			t.Errorf("%q: unused %q, want a match: %v", entry, list.Unused(), want)
		}
	}
}

// An entry without a reason, or of an unknown kind, is an error with its line; all of them are reported.
func TestProblems(t *testing.T) {
	_, err := ignore.Parse("doctor.ignore", strings.NewReader("\ufeff# comment\r\n\nn-plus-one in order\nn-plus-one in a#b #\nn-plus-two # why\n\tslow-self # why\n"))
	want := `doctor.ignore:3: "n-plus-one in order" has no reason (try: n-plus-one in order # why)
doctor.ignore:4: "n-plus-one in a#b" has no reason (try: n-plus-one in a#b # why)
doctor.ignore:5: no such kind: n-plus-two (try: doctor explain)`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// The entry that comes first gives the reason, and all that match count as used.
func TestFirstReason(t *testing.T) {
	list, err := ignore.Parse("f", strings.NewReader("n-plus-one in order # first\nn-plus-one # second\nslow-self # third"))
	if err != nil {
		t.Fatal(err)
	}
	if got := list.Reason(finding); got != "first (f:1)" {
		t.Errorf("the reason is %q", got)
	}
	if got := list.Unused(); len(got) != 1 || got[0] != `f:3: "slow-self" matches no finding` {
		t.Errorf("unused: %q", got)
	}
}

// Whatever the file holds, parsing it ends, and an error has a line.
func FuzzParse(f *testing.F) {
	f.Add("n-plus-one in order: GET /orders/{id} → pricing # three lines\n# comment\n\n* in * # x")
	f.Add("#")
	f.Add("slow-self #")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ignore.Parse("f", strings.NewReader(text))
		if err != nil && !strings.HasPrefix(err.Error(), "f:") {
			t.Errorf("%q: %v", text, err)
		}
		list.Reason(finding)
		list.Unused()
	})
}
