package jaeger

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"spanwise/doctor/trace"
)

// A Count is how much of many traces Jaeger has.
type Count struct {
	Asked, Whole int // traces
	Spans        int // in all of them
	Missing      []string
}

// Lost returns how many traces are not there, or not whole.
func (c Count) Lost() int { return c.Asked - c.Whole }

// String tells traces asked for and found.
func (c Count) String() string {
	return fmt.Sprintf("%d traces started, %d found whole, %d lost (%d spans found)", c.Asked, c.Whole, c.Lost(), c.Spans)
}

// readers is how many traces are read at once.
const readers = 8

// Count looks for all traces, again and again for those that are not whole yet, until all are or patience ends.
func (r *Reader) Count(ctx context.Context, ids []string, patience time.Duration, whole func(*trace.Trace) bool) (Count, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var (
		mu    sync.Mutex
		count = Count{Asked: len(ids)}
		group errgroup.Group
	)
	group.SetLimit(readers)
	for _, id := range ids {
		group.Go(func() error {
			t, err := r.Await(ctx, id, whole)
			mu.Lock()
			defer mu.Unlock()
			if t == nil {
				count.Missing = append(count.Missing, id)
				return unless(ctx, err)
			}
			count.Spans += len(t.Spans)
			if whole(t) {
				count.Whole++
			} else {
				count.Missing = append(count.Missing, id)
			}
			return nil
		})
	}
	return count, group.Wait()
}

// unless returns the error of a look that failed for another reason than the end of ctx.
func unless(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
