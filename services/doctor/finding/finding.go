// Package finding is the published contract of the doctor: what a report says, in Go and in JSON. It is stable, byte for byte
// repeatable, and all its durations are in microseconds. `doctor -help` lists it.
package finding

import "spanwise/doctor/trace"

// A Kind names a kind of problem.
type Kind string

// A Report is the doctor's verdict on one trace.
type Report struct {
	TraceID          string    `json:"trace_id"`
	Root             Root      `json:"root"`
	Spans            int       `json:"spans"`
	CutOff           bool      `json:"cut_off,omitempty"` // the input ended in the middle, so that parts may be missing
	Findings         []Finding `json:"findings"`          // worth fixing, best first
	AlsoSeen         []Finding `json:"also_seen"`         // true, but below the threshold or part of a better finding
	CriticalPath     []Step    `json:"critical_path"`
	UnexplainedShare float64   `json:"unexplained_share"` // of the root's duration: time that no span accounts for
	Notes            []string  `json:"notes"`             // what was unreadable, repaired, or assumed
}

// Root is the operation that the user waited for.
type Root struct {
	Service    string       `json:"service"`
	Operation  string       `json:"operation"`
	DurationUS trace.Micros `json:"duration_us"`
	IdleUS     trace.Micros `json:"idle_us,omitempty"` // of it in streams, and in waiting for work: long by design, not slow
}

// A Finding is one problem: where it is, how we know, and what fixing it saves.
type Finding struct {
	Kind              Kind         `json:"kind"`
	Lead              string       `json:"-"`         // the sentence that a report leads with, if the one of the kind is not true of it
	Service           string       `json:"service"`   // who has to change something
	Operation         string       `json:"operation"` // in which operation
	Callee            string       `json:"callee"`    // the other end of the edge, if there is one
	Count             int          `json:"count"`
	SpanIDs           []string     `json:"span_ids"`
	CriticalPathUS    trace.Micros `json:"critical_path_us"`
	CriticalPathShare float64      `json:"critical_path_share"`
	Saving            Saving       `json:"saving"`
	AfterUS           trace.Micros `json:"after_us"` // root's duration once this and every better finding is fixed; the middle of the range
	Confidence        Confidence   `json:"confidence"`
	Evidence          Evidence     `json:"evidence"`
	Because           string       `json:"because"` // the reasons, with their numbers
	Unless            string       `json:"unless"`  // what would make it a false positive
	Fix               string       `json:"fix"`     // what to do
	Figures           Figures      `json:"figures,omitzero"`
	Ignored           string       `json:"ignored,omitempty"` // why the project has decided to live with it
}

// Figures are the numbers and names behind a finding, so that a program need not read them from the texts. A figure that does
// not apply is omitted. Durations are in microseconds.
type Figures struct {
	Distinct      int          `json:"distinct,omitempty"`       // different items that the calls asked for
	Concurrency   float64      `json:"concurrency,omitempty"`    // calls that ran at once, on average
	OtherRequests int          `json:"other_requests,omitempty"` // requests that did the same at the same time
	Rows          int          `json:"rows,omitempty"`
	Bytes         int          `json:"bytes,omitempty"`
	WaitUS        trace.Micros `json:"wait_us,omitempty"`
	IntervalUS    trace.Micros `json:"interval_us,omitempty"` // from one poll to the next
	WorkUS        trace.Micros `json:"work_us,omitempty"`     // by what was waited for
	UsualUS       trace.Micros `json:"usual_us,omitempty"`    // what the same call usually takes
	OverrunUS     trace.Micros `json:"overrun_us,omitempty"`  // how long work went on after its caller had stopped waiting
	OffsetUS      trace.Micros `json:"offset_us,omitempty"`   // of the service's clock; positive if it is ahead
	LimitUS       trace.Micros `json:"limit_us,omitempty"`    // the time limit that was reached
	Names         []string     `json:"names,omitempty"`       // the requests, queries and operations that it is about
	Error         string       `json:"error,omitempty"`       // what the failed span records about its failure
	HandledBy     string       `json:"handled_by,omitempty"`  // the operation that went on without what failed
	TraceIDs      []string     `json:"trace_ids,omitempty"`   // the traces that it is about, the cause first
}

// A Saving is how much shorter the root becomes. It is always the result of a replay, never a sum of durations.
type Saving struct {
	LowUS  trace.Micros `json:"low_us"`
	HighUS trace.Micros `json:"high_us"`
	Basis  Basis        `json:"basis"`
}

// A Basis says how far a saving can be trusted.
type Basis string

const (
	Structural Basis = "structural" // follows from the request's own structure: a value
	Shared     Basis = "shared"     // a wait for what other requests use too: an upper bound, because the queue may move
	None       Basis = "none"       // no saving is claimed
)

// Confidence is how sure the doctor is that the finding is true.
type Confidence string

const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
)

// Evidence says whether the given traces are enough to decide.
type Evidence string

const (
	Sufficient       Evidence = "sufficient"
	NeedsOtherTraces Evidence = "needs-other-traces"
	NeedsAttributes  Evidence = "needs-attributes"
)

// A Step is the share of one operation, or one edge, in the critical path.
type Step struct {
	Service   string       `json:"service"`
	Operation string       `json:"operation"`
	EdgeTo    string       `json:"edge_to"` // the callee, if the time is charged to an edge; empty for the operation's own time
	SelfUS    trace.Micros `json:"self_us"`
	Share     float64      `json:"share"`
}
