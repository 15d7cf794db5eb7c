package scale

import (
	"context"
	"fmt"
	"slices"
	"time"

	"spanwise/lab/jaeger"
	"spanwise/lab/play"
)

const (
	readers = 8 // traces that are read from Jaeger at once
	// patience is how long nothing must have arrived before what is missing counts as lost. With Kafka, the load went on until the group
	// had shared out its partitions.
	patience = 8 * time.Second
	// behind is the number of incomplete traces at which a look at all of them ends.
	behind = 32
	poll   = 250 * time.Millisecond
	// longest bounds the wait for everything that is on its way. A trace without a root is decided after 35 s.
	longest = 5 * time.Minute
)

// A stock is how often a store has each span, by trace id and span id.
type stock map[string]map[string]int

// find looks for traces until all that are wanted are whole, or nothing arrives for a while and settled says that nothing is on its
// way. Then it looks at all of them once more.
func find(ctx context.Context, from *jaeger.Reader, traces []Trace, wanted func(Trace) bool, settled func(context.Context) bool) (stock, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	want := slices.DeleteFunc(slices.Clone(traces), func(t Trace) bool { return !wanted(t) })
	found, spans, last := stock{}, 0, time.Now()
	for len(want) > 0 && (time.Since(last) < patience || !settled(ctx)) {
		if err := found.read(ctx, from, want, behind); err != nil {
			return nil, err
		}
		want = slices.DeleteFunc(want, found.whole)
		if n := found.spans(); n > spans {
			spans, last = n, time.Now()
		}
		if err := play.Wait(ctx, poll); err != nil {
			return nil, onItsWay(err)
		}
	}
	for !settled(ctx) { // what arrives now are copies, or parts of traces that should not be there
		if err := play.Wait(ctx, poll); err != nil {
			return nil, onItsWay(err)
		}
	}
	return found, found.read(ctx, from, traces, len(traces))
}

func onItsWay(err error) error { return fmt.Errorf("spans are still on their way: %w", err) }

// read reads traces into the stock, until that many are incomplete.
func (s stock) read(ctx context.Context, from *jaeger.Reader, traces []Trace, behind int) error {
	byID, ids := map[string]Trace{}, []string(nil)
	for _, t := range traces {
		byID[t.String()], ids = t, append(ids, t.String())
	}
	return from.EachSpanIDs(ctx, ids, readers, behind, func(id string, spans map[string]int) bool {
		s[id] = spans
		return s.whole(byID[id])
	})
}

// spans returns how many spans were found, each counted once.
func (s stock) spans() (n int) {
	for _, spans := range s {
		n += len(spans)
	}
	return n
}

// of returns how many spans of a trace are there, and how many copies of them.
func (s stock) of(t Trace) (stored, copies int) {
	for _, id := range t.SpanIDs() {
		if times := s[t.String()][id]; times > 0 {
			stored++
			copies += times - 1
		}
	}
	return stored, copies
}

func (s stock) whole(t Trace) bool {
	stored, _ := s.of(t)
	return stored == spansEach
}
