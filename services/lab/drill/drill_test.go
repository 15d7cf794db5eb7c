package drill

import (
	"errors"
	"fmt"
	"net"
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

// Only a connection that was never made counts as refused.
func TestRefused(t *testing.T) {
	for _, test := range []struct {
		err  error
		want bool
	}{
		{fmt.Errorf("GET: %w", &net.OpError{Op: "dial", Err: errors.New("connection refused")}), true},
		{fmt.Errorf("GET: %w", &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}), false},
		{errors.New("EOF"), false},
	} {
		if got := refused(test.err); got != test.want {
			t.Errorf("%v: got %v, want %v", test.err, got, test.want)
		}
	}
}
