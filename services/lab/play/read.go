package play

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"spanwise/doctor/trace"
	"spanwise/lab/jaeger"
	"spanwise/lab/scenario"
)

const (
	// stale is how long a trace that looks incomplete may stay the same before it is taken as it is. Some never become
	// complete, such as one whose other half is in another trace.
	stale = 2 * time.Second
	// readers is how many traces are read at once.
	readers = 4
)

// Read reads traces from Jaeger, in the order of ids, and waits for those that are incomplete.
func Read(ctx context.Context, from *jaeger.Reader, ids []string) ([]*trace.Trace, error) {
	traces := make([]*trace.Trace, len(ids))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i, id := range ids {
		group.Go(func() (err error) {
			ctx, cancel := context.WithTimeout(ctx, from.Patience())
			defer cancel()
			traces[i], err = from.Await(ctx, id, settled())
			return err
		})
	}
	return traces, group.Wait()
}

// settled returns a function that reports, for one trace that arrives in pieces, whether to stop waiting for more.
func settled() func(*trace.Trace) bool {
	var spans int
	var since time.Time
	return func(t *trace.Trace) bool {
		if len(t.Spans) != spans {
			spans, since = len(t.Spans), time.Now()
		}
		return Complete(t) || time.Since(since) >= stale
	}
}

// Complete reports whether nothing seems to be missing: there is a root, every parent, and the server's span of every HTTP
// call that did not fail.
func Complete(t *trace.Trace) bool {
	return len(t.Roots) > 0 && len(t.Orphans) == 0 && !slices.ContainsFunc(t.Spans, unanswered)
}

func unanswered(s *trace.Span) bool {
	return s.Kind == trace.Client && s.Get(trace.HTTPMethod) != "" && !s.Error && len(s.Children) == 0
}

// Median plays one of a scenario's requests n times and returns the trace of median duration.
func (c Client) Median(
	ctx context.Context, from *jaeger.Reader, s scenario.Scenario, r scenario.Request, n int,
) (*trace.Trace, error) {
	var ids []string
	for range n {
		more, err := c.Play(ctx, s, r)
		if err != nil {
			return nil, err
		}
		ids = append(ids, more...)
	}
	traces, err := Read(ctx, from, ids)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(traces, func(a, b *trace.Trace) int { return cmp.Compare(scenario.Duration(a), scenario.Duration(b)) })
	return traces[len(traces)/2], nil
}

// During returns those of some traces that began in that time.
func During(traces []*trace.Trace, from, to time.Time) []*trace.Trace {
	return slices.DeleteFunc(slices.Clone(traces), func(t *trace.Trace) bool {
		at := t.Spans[0].Start
		return at < trace.Micros(from.UnixMicro()) || at > trace.Micros(to.UnixMicro())
	})
}

// Others finds the traces that requests caused in addition to their own: all that the services left since the requests began, provided
// that there was no other traffic. Traces that have not arrived yet are missed.
func Others(ctx context.Context, from *jaeger.Reader, c Client, own []string, began time.Time) (others []*trace.Trace, err error) {
	seen := map[string]bool{}
	for _, id := range own {
		seen[id] = true
	}
	for _, service := range slices.Sorted(maps.Keys(c.URL)) {
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
