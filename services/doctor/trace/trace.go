// Package trace holds a distributed trace as spans linked into trees, whatever their format and semantic conventions. Make one
// with [New] from the spans of a reader.
package trace

// A Kind is the role of a span in a call. Unknown is common, because many tracers do not record it.
type Kind uint8

const (
	Unknown Kind = iota
	Internal
	Server
	Client
	Producer
	Consumer
)

// A Span is one timed operation.
//
// Times are in microseconds, the resolution that all formats have in common; Start counts from the Unix epoch.
// IDs are opaque lower-case hex; ParentID is empty for a root.
type Span struct {
	ID, ParentID string
	Service      string // the resource's service.name
	Host         string // host.name, k8s.pod.name, ip, …; empty if unknown
	Name         string // the operation
	Start        Micros // since the Unix epoch
	Duration     Micros // never negative
	Kind         Kind
	Error        bool // status ERROR, or its older equivalents
	calling      bool // set by New, see Calling
	left         bool // set by New: a child outlived it, and was moved
	OneThread    bool // its process runs one thing at a time, see OneThreaded
	Mistimed     bool // its recorded start or end was missing or impossible

	wholeStart, wholeDuration bool // set by New: of all spans of the process, see Resolution

	Attrs   Attrs
	Events  []Event
	Links   []Link  // to spans other than the parent
	Dropped int     // how many attributes, events and links the tracer dropped
	Weight  float64 // how many spans it stands for, because not all were kept; 0 if it does not say. See WeightOf

	Parent   *Span   // set by New; nil for roots and orphans
	Children []*Span // set by New, in the order of Trace.Spans
	Index    int     // set by New: index in Trace.Spans
	has      uint64  // set by New, see index
	callee   string  // set by New, see Callee
}

// End is in µs since the epoch.
func (s *Span) End() Micros { return s.Start + s.Duration }

// An Event is something that happened at one moment during a span.
type Event struct {
	Time  Micros // since the Unix epoch
	Name  string
	Attrs Attrs
}

// A Link names a span that caused another one without being its parent.
type Link struct{ TraceID, SpanID string }

// A Trace holds all spans of one request.
type Trace struct {
	ID      string
	Spans   []*Span   // by start, then by duration, the longest first
	Roots   []*Span   // spans without a parent id, in the same order
	Orphans []*Span   // spans whose parent is not in this trace
	Skews   []Skew    // clocks that provably disagree; the spans' times are already corrected
	Pieces  []Piece   // parts that were recorded under other trace ids; see Unite
	Severed []Severed // spans whose parents are in other traces; see Unite
	CutOff  bool      // the input ended in the middle, so that parts may be missing
	Notes   []string  // what a reader or New repaired, left out or could not read; shown to the user
}

// OneThreaded reports whether a runtime of JavaScript, by its name or by that of its SDK, runs one thing at a time: Node.js, Deno 2, Bun 1.
func OneThreaded(runtime string) bool {
	switch runtime {
	case "nodejs", "deno", "deno-rust", "bun":
		return true
	}
	return false
}
