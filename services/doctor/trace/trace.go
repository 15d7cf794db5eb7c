// Package trace is the doctor's picture of one distributed trace: spans linked into trees,
// whatever format and vocabulary they came in. Build one with [New] from spans that a reader made.
package trace

// A Kind is the role a span plays in a call. Unknown is common: many tracers never say.
type Kind uint8

const (
	Unknown Kind = iota
	Internal
	Server
	Client
	Producer
	Consumer
)

// A Span is one timed operation, as its reader found it.
//
// Times are microseconds, the resolution every format has in common; Start counts from the Unix epoch.
// IDs are lower-case hex without meaning of their own; ParentID is empty for a root.
type Span struct {
	ID, ParentID string
	Service      string // the resource's service.name
	Host         string // where it ran (host.name, k8s.pod.name, ip, …); empty if unknown
	Name         string // the operation
	Kind         Kind
	Start        int64             // µs since the epoch
	Duration     int64             // µs, never negative
	Error        bool              // status ERROR, or an older way of saying so
	Attrs        map[string]string // span attributes, values as text
	Events       []Event
	Links        []Link // other spans this one follows from; never parents
	Lost         int    // attributes, events and links that its tracer dropped

	Parent   *Span   // set by New; nil for roots and orphans
	Children []*Span // set by New, in the order of Trace.Spans
	Index    int     // set by New: position in Trace.Spans
	calling  bool    // set by New, see Calling
	told     uint64  // set by New, see listen
	callee   string  // set by New, see Callee
}

// End is the time the span ended, in µs since the epoch.
func (s *Span) End() int64 { return s.Start + s.Duration }

// An Event is something that happened at one moment of a span.
type Event struct {
	Time  int64 // µs since the epoch
	Name  string
	Attrs map[string]string
}

// A Link names a span that this one was caused by without being its child.
type Link struct{ TraceID, SpanID string }

// A Trace is all that is known of one request.
type Trace struct {
	ID      string
	Spans   []*Span  // by start, then longest, name and ID
	Roots   []*Span  // spans without a parent id, in the same order
	Orphans []*Span  // spans whose parent id names no span of this trace
	Skews   []Skew   // clocks that provably disagree, already corrected in the spans' times
	Notes   []string // what a reader or New had to mend, leave out or could not read; shown to the user
}
