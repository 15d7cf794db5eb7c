package jaeger

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"spanwise/doctor/trace"
)

// A Count is how many of some traces Jaeger has.
type Count struct {
	Asked, Complete int
	Spans           int // of all traces found
	Missing         []string
}

// Lost returns how many traces are missing or incomplete.
func (c Count) Lost() int { return c.Asked - c.Complete }

// String summarizes the count.
func (c Count) String() string {
	return fmt.Sprintf("%d traces started, %d found complete, %d lost (%d spans found)", c.Asked, c.Complete, c.Lost(), c.Spans)
}

// readers is how many traces are read at once.
const readers = 8

// Count looks for all traces, repeatedly for those that are incomplete, until all are complete or patience ends.
func (r *Reader) Count(ctx context.Context, ids []string, patience time.Duration, complete func(*trace.Trace) bool) (Count, error) {
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
			t, err := r.Await(ctx, id, complete)
			mu.Lock()
			defer mu.Unlock()
			if t != nil {
				count.Spans += len(t.Spans)
				if complete(t) {
					count.Complete++
					return nil
				}
			}
			count.Missing = append(count.Missing, id)
			if t == nil && ctx.Err() == nil {
				return err
			}
			return nil // it is missing because patience ended
		})
	}
	err := group.Wait()
	return count, err
}
