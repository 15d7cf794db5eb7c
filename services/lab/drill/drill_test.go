package drill

import (
	"errors"
	"strings"
	"testing"

	"spanwise/lab/jaeger"
)

// A drill fails if anything was lost or nothing was measured. Refused requests do not count.
func TestOutcome(t *testing.T) {
	whole := jaeger.Count{Asked: 10, Complete: 10}
	for _, test := range []struct {
		name    string
		outcome Outcome
		want    string // in the error; empty for none
	}{
		{"nothing lost", Outcome{Traces: whole, Refused: 5}, ""},
		{"a trace lost", Outcome{Traces: jaeger.Count{Asked: 10, Complete: 9, Missing: []string{"4bf9"}}}, "1 traces were lost, the first: 4bf9"},
		{"a request cut off", Outcome{Traces: whole, CutOff: []error{errors.New("unexpected EOF")}}, "1 requests were cut off, the first: unexpected EOF"},
		{"nothing measured", Outcome{}, "no request was answered"},
	} {
		err := test.outcome.Err()
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}
