package read

import (
	"fmt"
	"slices"

	"spanwise/doctor/trace"
)

// A builder collects spans by trace, in whatever pieces and order they arrive.
type builder struct {
	drafts   map[string]*draft
	order    []*draft
	notes    tally    // about the input as a whole, so every trace gets them
	remarks  []string // the same, without a count
	warnings []string // from Jaeger, about the span that is being read
	cutAt    int64    // the byte at which the input ended in the middle of a value; 0 if it did not

	added int    // spans
	last  *draft // the one that was used last
	pool  *pool
	slabs slabs

	references []jaegerReference // those of one span, while it is read
}

// A draft is a trace to which spans are still added.
type draft struct {
	id      string
	spans   []*trace.Span
	untimed []*trace.Span
	notes   tally
	remarks []string
}

func newBuilder() *builder {
	return &builder{drafts: map[string]*draft{}, notes: tally{}, pool: newPool()}
}

// tooMany returns an error if there are more spans than fit in memory: some may be read, but not added yet.
func (b *builder) tooMany() error {
	if max(b.slabs.made, b.added) > maxSpans {
		return errTooMany
	}
	return nil
}

func (b *builder) note(what string) { b.notes[what]++ }

// text returns what a cursor read as a string.
func (b *builder) text(text []byte) string { return b.pool.string(text) }

// draft returns the draft of a trace, a new one if there is none.
func (b *builder) draft(id string) *draft {
	if b.last != nil && b.last.id == id {
		return b.last
	}
	d := b.drafts[id]
	if d == nil {
		d = &draft{id: id, notes: tally{}}
		b.drafts[id] = d
		b.order = append(b.order, d)
	}
	b.last = d
	return d
}

// A pending span is one that was read, but does not belong to a draft yet.
type pending struct {
	traceID, process string
	start, end       number // µs since the epoch
	*trace.Span
}

// add adds a span to its draft, repairs what a trace cannot represent, and counts the repairs.
func (b *builder) add(p pending) {
	s, start, end := p.Span, p.start.n, p.end.n
	if p.traceID == "" || s.ID == "" {
		b.note("without a trace id or span id, left out")
		return
	}
	b.added++
	d := b.draft(p.traceID)
	if !p.start.known {
		d.notes["without a start, placed at the start of the parent"]++
		d.untimed = append(d.untimed, s)
		start, end = 0, 0
	}
	if max(start, end) > farthest || min(start, end) < -farthest {
		d.notes["at an impossible time, moved to the nearest possible one"]++
		start, end = min(max(start, -farthest), farthest), min(max(end, -farthest), farthest)
	}
	if end < start {
		d.notes["ending before the start, treated as zero-length"]++
		end = start
	}
	s.Mistimed = s.Mistimed || !p.start.known || start != p.start.n || end != p.end.n
	s.Start, s.Duration = trace.Micros(start), trace.Micros(end-start)
	s.Service, s.Host, s.Name = b.pool.intern(s.Service), b.pool.intern(s.Host), b.pool.intern(s.Name)
	d.spans = append(d.spans, s)
}

// farthest is how many µs from the epoch a time may be: 570 years, which is more than 64 bits of nanoseconds can hold, and
// small enough that sums of durations do not overflow.
const farthest = 1 << 54

// traces builds the traces.
func (b *builder) traces() []*trace.Trace {
	b.joinShortIDs()
	var all []*trace.Trace
	for _, d := range b.order {
		d.splitSharedIDs()
		d.placeUntimed()
		t := trace.New(d.id, d.spans)
		notes := slices.Concat(d.remarks, d.notes.lines(), b.remarks, b.notes.lines())
		if b.cutAt > 0 {
			t.CutOff = true
			cut := fmt.Sprintf("the input is cut off at byte %d (an incomplete download?): %s", b.cutAt, remains(t))
			notes = append([]string{cut}, notes...)
		}
		t.Notes = append(notes, t.Notes...) // losses come before repairs
		all = append(all, t)
	}
	all = trace.Unite(all)
	if len(all) > 1 {
		trace.ResolveCallees(all...)
	}
	return all
}

// remains counts the spans that are left of a trace that was cut off and, of the lost ones, those that are named as parents.
func remains(t *trace.Trace) string {
	lost := map[string]bool{}
	for _, s := range t.Orphans {
		lost[s.ParentID] = true
	}
	text := spans(len(t.Spans)) + " read; the rest is lost"
	if len(lost) > 0 {
		text += fmt.Sprintf(", including at least %s named as a parent", spans(len(lost)))
	}
	return text
}

// A tally counts spans with problems, by problem.
type tally map[string]int

// lines lists each problem with its count, in a fixed order.
func (t tally) lines() []string {
	var lines []string
	for what, n := range t {
		lines = append(lines, spans(n)+" "+what)
	}
	slices.Sort(lines)
	return lines
}

func spans(n int) string {
	if n == 1 {
		return "1 span"
	}
	return fmt.Sprintf("%d spans", n)
}
