package drill

import (
	"context"
	"maps"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"spanwise/internal/journal"
	"spanwise/lab/play"
)

const (
	readers = 4 // traces that are read from Jaeger at once
	// behind is the number of incomplete traces at which a look at all of them ends: reading the others would only keep Jaeger
	// from storing the spans that are still on their way.
	behind = 16
)

// A finding is what was found of some spans.
type finding struct {
	spans map[string]map[string]int // how often each is stored, by trace id and span id; with others of the same traces
	last  time.Time                 // when the last one was found
}

// find looks for spans in Jaeger, repeatedly for those that are missing, until all are there or none appears during patience.
func (r *Rig) find(ctx context.Context, spans []journal.Span, patience time.Duration) (finding, error) {
	want := map[string][]string{}
	for _, s := range spans {
		want[s.TraceID] = append(want[s.TraceID], s.ID)
	}
	f := finding{spans: map[string]map[string]int{}, last: time.Now()}
	for {
		before := f.count()
		err := r.look(ctx, want, f.spans)
		switch {
		case len(want) == 0:
			f.last = time.Now()
			return f, nil
		case f.count() > before:
			f.last = time.Now()
		case time.Since(f.last) > patience || ctx.Err() != nil:
			return f, err
		}
		if err := play.Wait(ctx, poll); err != nil {
			return f, err
		}
	}
}

// count returns how many spans were found.
func (f finding) count() (n int) {
	for _, spans := range f.spans {
		n += len(spans)
	}
	return n
}

// look reads each trace once, and removes the complete ones from want. It stops early if many are incomplete. It returns an error
// if Jaeger did not answer.
func (r *Rig) look(ctx context.Context, want map[string][]string, found map[string]map[string]int) error {
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(readers)
	incomplete := 0
	isBehind := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return incomplete >= behind
	}
	for trace, ids := range maps.Clone(want) {
		if isBehind() {
			break
		}
		group.Go(func() error {
			spans, err := r.traces.SpanIDs(ctx, trace)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				incomplete++
				return err
			}
			found[trace] = spans
			if hasAll(spans, ids) {
				delete(want, trace)
			} else {
				incomplete++
			}
			return nil
		})
	}
	return group.Wait()
}

func hasAll(spans map[string]int, ids []string) bool {
	for _, id := range ids {
		if spans[id] == 0 {
			return false
		}
	}
	return true
}
