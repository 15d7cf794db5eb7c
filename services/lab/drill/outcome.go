package drill

import (
	"cmp"
	"errors"
	"time"

	"spanwise/lab/bench"
	"spanwise/lab/load"
)

// An Outcome is what a drill did to requests and spans.
type Outcome struct {
	Drill    string         `json:"drill"`
	Text     string         `json:"text"`
	Machine  bench.Machine  `json:"machine"`           // with the date; each drill has its own, because one can be repeated alone
	Commit   string         `json:"commit"`            // of the source tree
	Skipped  string         `json:"skipped,omitempty"` // why it did not run here
	Seed     uint64         `json:"seed"`
	Requests int            `json:"requests"`
	Refused  int            `json:"requests_refused,omitempty"` // by a busy service; in Load, these are failures like all others with 503
	Load     load.Report    `json:"load"`
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
	Figures  []string       `json:"figures,omitempty"`       // what else was measured, as sentences
	Wrong    []string       `json:"wrong,omitempty"`

	away string // the first 503 that was not a refusal
}

// wrong adds what went wrong, unless that is nothing.
func (o *Outcome) wrong(err error) {
	if err != nil {
		o.Wrong = append(o.Wrong, err.Error())
	}
}

// failures returns the failures of requests that were not refused by a busy service.
func (o Outcome) failures() (all []load.Failure) {
	for _, f := range o.Load.Failures {
		if f.Kind == unavailable {
			f.Count -= o.Refused
			f.First = cmp.Or(o.away, f.First)
		}
		if f.Count > 0 {
			all = append(all, f)
		}
	}
	return all
}

// Err returns an error that says what went wrong, if anything did.
func (o Outcome) Err() error {
	var errs []error
	for _, text := range o.Wrong {
		errs = append(errs, errors.New(text))
	}
	return errors.Join(errs...)
}
