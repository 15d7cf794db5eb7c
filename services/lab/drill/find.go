package drill

import (
	"context"
	"maps"
	"slices"
	"time"

	"spanwise/internal/journal"
	"spanwise/lab/play"
)

const (
	readers = 4 // traces that are read from Jaeger at once
	// behind is the number of incomplete traces at which a look at all of them ends.
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
	ids := slices.Collect(maps.Keys(want))
	return r.traces.EachSpanIDs(ctx, ids, readers, behind, func(id string, spans map[string]int) bool {
		found[id] = spans
		all := hasAll(spans, want[id])
		if all {
			delete(want, id)
		}
		return all
	})
}

func hasAll(spans map[string]int, ids []string) bool {
	for _, id := range ids {
		if spans[id] == 0 {
			return false
		}
	}
	return true
}
