package drill

import (
	"errors"
	"io"
	"net"

	"syscall"
	"time"
)

// A Kind is a reason why a request failed.
type Kind string

// The kinds.
const (
	Refused  Kind = "refused"   // no server listened: it never started
	CutOff   Kind = "cut off"   // it was accepted, and the connection ended before the answer
	TimedOut Kind = "timed out" // no answer in time
	Answered Kind = "error"     // the service answered with an error
)

// kindOf returns why a request failed.
func kindOf(err error) Kind {
	var op *net.OpError
	var timeout net.Error
	switch {
	case errors.As(err, &op) && op.Op == "dial":
		return Refused
	case errors.As(err, &timeout) && timeout.Timeout():
		return TimedOut
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), op != nil:
		return CutOff
	}
	return Answered
}

// kinds counts failed requests.
func kinds(failures []error) map[Kind]int {
	count := map[Kind]int{}
	for _, err := range failures {
		count[kindOf(err)]++
	}
	return count
}

// An Outcome is what a drill did to requests and spans.
type Outcome struct {
	Drill    string         `json:"drill"`
	Text     string         `json:"text"`
	Skipped  string         `json:"skipped,omitempty"` // why it did not run here
	Seed     uint64         `json:"seed"`
	Requests int            `json:"requests"`
	Failed   map[Kind]int   `json:"failed"`
	Started  int            `json:"spans_started"`
	Found    int            `json:"spans_found"` // in Jaeger, each counted once
	Lost     int            `json:"spans_lost"`
	InWork   int            `json:"spans_lost_in_progress"` // of these, had not ended when their service was killed, and so are never sent
	Allowed  int            `json:"spans_lost_within_bound"`
	LostBy   map[string]int `json:"-"`                       // service
	Copies   int            `json:"spans_copies"`            // that were stored more than once
	Unknown  int            `json:"spans_unknown"`           // in Jaeger, but not in the journal
	Recovery time.Duration  `json:"recovery_ns"`             // from the begin of the repair until requests succeed and the last span from before it is found
	Missing  []string       `json:"first_missing,omitempty"` // spans beyond the bound: service, trace id, span id
	Wrong    []string       `json:"wrong,omitempty"`
}

func (o *Outcome) wrong(err error) { o.Wrong = append(o.Wrong, err.Error()) }

// Err returns an error that says what went wrong, if anything did.
func (o Outcome) Err() error {
	var errs []error
	for _, text := range o.Wrong {
		errs = append(errs, errors.New(text))
	}
	return errors.Join(errs...)
}
