package order

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// lookEvery is how often an instance looks for work that other instances may have left, on average.
const lookEvery = 5 * time.Second

// repeat calls look now and then, in the background, until stop is called, which waits for it. An error is logged with what
// it was doing.
func (s *Service) repeat(doing string, look func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var looking sync.WaitGroup
	looking.Go(func() {
		for ctx.Err() == nil {
			if err := look(ctx); err != nil && ctx.Err() == nil {
				s.tel.Log.WarnContext(ctx, doing, "error", err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(around(lookEvery)):
			}
		}
	})
	return func() { cancel(); looking.Wait() }
}

// around returns a random time from d/2 to 3d/2, so that instances, and releases of the same outage, do not act all at once.
func around(d time.Duration) time.Duration { return d/2 + rand.N(d) }
