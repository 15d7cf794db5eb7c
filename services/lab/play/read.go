package play

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"spanwise/doctor/trace"
	"spanwise/lab/jaeger"
)

const (
	// patience bounds the wait for one trace. Usually it takes half a second.
	patience = 20 * time.Second
	// stale is how long a trace that looks unfinished may stay the same before it is taken as it is: some never
	// become whole, such as one whose other half is lost.
	stale = 2 * time.Second
	// readers is how many traces are read at once.
	readers = 4
)

// Read reads traces from Jaeger, in the order of their ids, waiting for those that are not whole.
func Read(ctx context.Context, from *jaeger.Reader, ids []string) ([]*trace.Trace, error) {
	traces := make([]*trace.Trace, len(ids))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i, id := range ids {
		group.Go(func() (err error) {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			traces[i], err = from.Await(ctx, id, settled())
			if err != nil {
				return fmt.Errorf("read trace %s: %w", id, err)
			}
			return nil
		})
	}
	return traces, group.Wait()
}

// settled returns a check to be asked again and again about one trace that arrives in pieces.
func settled() func(*trace.Trace) bool {
	var spans int
	var since time.Time
	return func(t *trace.Trace) bool {
		if len(t.Spans) != spans {
			spans, since = len(t.Spans), time.Now()
		}
		return Whole(t) || time.Since(since) >= stale
	}
}

// Whole reports whether nothing seems to be missing: there is a root, every parent, and the other end of every call
// over HTTP that did not fail.
func Whole(t *trace.Trace) bool {
	return len(t.Roots) > 0 && len(t.Orphans) == 0 && !slices.ContainsFunc(t.Spans, unanswered)
}

func unanswered(s *trace.Span) bool {
	return s.Kind == trace.Client && s.Get(trace.HTTPMethod) != "" && !s.Error && len(s.Children) == 0
}

// Others finds the traces that requests caused beside their own: whatever the services did since they began, if nothing
// else asked them for anything. What has not arrived yet is missed.
func Others(ctx context.Context, from *jaeger.Reader, s Shop, own []string, began time.Time) (others []*trace.Trace, err error) {
	seen := map[string]bool{}
	for _, id := range own {
		seen[id] = true
	}
	for _, service := range slices.Sorted(maps.Keys(s.URL)) {
		found, err := from.Find(ctx, service, began)
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			if !seen[t.ID] {
				seen[t.ID] = true
				others = append(others, t)
			}
		}
	}
	return others, nil
}
